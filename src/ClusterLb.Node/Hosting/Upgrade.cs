using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Hosting;

/// <summary>
/// Starts the program that is installed now, as this process was started, and has it take this one's place. One at a time. Any thread.
/// </summary>
/// <param name="socket">Where this process can be asked for its place; empty = nowhere.</param>
internal sealed class Upgrade(string socket, NodePlace place, TimeProvider time)
{
    private const string CommandLine = "/proc/self/cmdline";

    /// <summary>The new process asks for the place within this; afterwards each step of a takeover has its own bound.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    /// <summary>Found out before another file has the name.</summary>
    private readonly string _running = Environment.ProcessPath ?? "";

    private int _isUnderWay;

    /// <summary>For somebody who waits for no answer; the events have it.</summary>
    public async void Begin()
    {
        if (await RunAsync() is { Length: > 0 } why) place.Announce($"is not upgraded: {why}");
    }

    /// <returns>Why this process is the node still; empty = another one is.</returns>
    public async Task<string> RunAsync()
    {
        if (place.GivenTo.IsCompleted) return "another process is the node already";
        if (socket.Length == 0) return "it needs node.takeover-socket, a path such as /run/clusterlb/takeover.sock";
        if (Interlocked.Exchange(ref _isUnderWay, 1) == 1) return "another upgrade is under way";
        try
        {
            using var next = Start();
            await Task.WhenAny(next.WaitForExitAsync(), place.GivenTo, HangsAsync());
            if (!next.HasExited && !place.GivenTo.IsCompleted)
            {
                next.Kill();
                return string.Create(CultureInfo.InvariantCulture,
                    $"process {next.Id}, {next.StartInfo.FileName}, was ended: it had not asked in {s_patience.TotalSeconds:0} s");
            }

            return place.GivenTo.IsCompleted
                ? ""
                : string.Create(CultureInfo.InvariantCulture,
                    $"process {next.Id}, {next.StartInfo.FileName}, has ended with {next.ExitCode}; the log has its own words");
        }
        catch (Exception failure) when (
            failure is Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return failure.Message;
        }
        finally
        {
            Volatile.Write(ref _isUnderWay, 0);
        }
    }

    /// <summary>Completes when no takeover is under way after all that time.</summary>
    private async Task HangsAsync()
    {
        await Task.Delay(s_patience, time);
        while (place.IsGivingWay) await Task.Delay(s_look, time);
    }

    /// <summary>With this process's environment, folder, output and errors.</summary>
    private Process Start()
    {
        var line = Encoding.UTF8.GetString(File.ReadAllBytes(CommandLine)).TrimEnd('\0').Split('\0');
        var next = NextProgram.Of(line, _running, socket);
        return Process.Start(new ProcessStartInfo(next.File, next.Arguments))!;
    }
}
