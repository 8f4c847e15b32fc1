using System.CommandLine;
using ClusterLb.Core.Printing;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Terminal;

try
{
    return await CommandLine.RunAsync(args,
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception failure)
{
    await Console.Error.WriteLineAsync($"clusterlb: {Printable.Of(failure.Message.ReplaceLineEndings(" "))}");
    return ExitCode.CouldNotAsk;
}
