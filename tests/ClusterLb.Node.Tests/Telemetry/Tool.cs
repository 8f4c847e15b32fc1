using System.Diagnostics;

namespace ClusterLb.Node.Tests.Telemetry;

/// <summary>A program of this machine that is run to its end.</summary>
internal static class Tool
{
    /// <returns>Its exit code, and all that it said.</returns>
    public static async Task<(int Exit, string Said)> RunAsync(string program, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var said = await output + await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
