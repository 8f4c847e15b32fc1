using System.CommandLine;
using ClusterLb.Node.Commands;

var root = new RootCommand("ClusterLb: an active-active load balancer for HTTP and TCP.")
{
    RunCommand.Create(),
    CheckCommand.Create(),
    DemoCommand.Create(),
    DemoNodeCommand.Create(),
    StatusCommand.Create(),
    BackendCommands.Create(),
    SessionsCommand.Create(),
    NodeCommands.Create(),
    ExplainCommand.Create(),
    EventsCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception failure)
{
    await Console.Error.WriteLineAsync($"clusterlb: {failure.Message.ReplaceLineEndings(" ")}");
    return ExitCode.CouldNotAsk;
}
