using System.Diagnostics;
using System.Globalization;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Demo;

/// <summary>
/// A node of the demo: a process of its own, so that it can be killed. It lives while its standard input is open, which ends with this
/// process however that ends.
/// </summary>
internal sealed class DemoNode : IDisposable
{
    /// <summary>What the operating system reports of a process that <c>kill -9</c> ended.</summary>
    private const int KilledExitCode = 128 + 9;

    /// <summary>Nodes that leave all at once wait for each other; after 3 s they go as they are.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(6);

    private readonly Process _process;
    private volatile string _lastLine = "";

    private DemoNode(DemoPorts ports, Process process)
    {
        (Ports, _process) = (ports, process);
        Pid = process.Id;
    }

    public DemoPorts Ports { get; }

    public int Pid { get; }

    public bool HasEnded => _process.HasExited;

    /// <summary>How it ended; empty while it runs.</summary>
    public string End => !HasEnded
        ? ""
        : _process.ExitCode == KilledExitCode ? "killed" : string.Create(CultureInfo.InvariantCulture, $"ended with {_process.ExitCode}");

    /// <summary>For a screen.</summary>
    public DemoProcess View => new(Ports, Pid, End, HasEnded && _process.ExitCode != KilledExitCode ? LastLine : "");

    /// <summary>Of its log, when that is not shown.</summary>
    public string LastLine => _lastLine;

    /// <param name="settings">Over demo.conf.</param>
    /// <param name="terminal">That the node gives back when this process is killed; null = there is none.</param>
    /// <param name="showLog">On this process's standard error.</param>
    public static DemoNode Start(DemoPorts ports, IEnumerable<string> settings, TerminalBefore? terminal, bool showLog)
    {
        // Under `dotnet clusterlb.dll` the executable is dotnet, which must be told what to run.
        var isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] self = isHosted ? [Environment.GetCommandLineArgs()[0]] : [];
        var start = new ProcessStartInfo(Environment.ProcessPath!,
            [.. self, "demo-node", .. terminal is null ? [] : new[] { "--terminal", terminal.ToString() },
                .. settings.SelectMany(setting => new[] { "--set", setting })])
        {
            RedirectStandardInput = true,
            RedirectStandardError = !showLog,
            RedirectStandardOutput = !showLog,
        };
        var node = new DemoNode(ports, Process.Start(start)!);
        if (!showLog) node.SwallowLog();
        return node;
    }

    /// <summary>Asks it to leave, and kills it when it does not.</summary>
    public async Task StopAsync(Task impatient, TimeProvider time)
    {
        Tell();
        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(s_patience, time), impatient);
        if (!HasEnded) _process.Kill();
    }

    /// <summary>As <c>kill -9</c> does, and is back when the process is gone with its ports.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!HasEnded) _process.Kill();
        _process.Dispose();
    }

    /// <summary>A byte before the end says that this process goes on to live.</summary>
    private void Tell()
    {
        try
        {
            _process.StandardInput.Write('\n');
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was killed.
        }
    }

    private void SwallowLog()
    {
        _process.ErrorDataReceived += (_, line) => _lastLine = line.Data ?? _lastLine;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }
}

/// <summary>Where a node of the demo is.</summary>
internal sealed record DemoPorts(string Name, int Web, int Cluster, int Admin)
{
    /// <summary>For clients.</summary>
    public string WebUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Web}");

    public string AdminUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Admin}");
}
