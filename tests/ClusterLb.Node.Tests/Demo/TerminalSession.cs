using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Tests.Demo;

/// <summary>
/// <c>clusterlb</c> on a terminal of 80 x 24, of which <c>script</c> of util-linux is the other end: it is a part of every Debian.
/// </summary>
internal sealed partial class TerminalSession : IDisposable
{
    public const string CtrlC = "\u0003";

    private static readonly string s_state = Directory.CreateTempSubdirectory("clusterlb-demo-state").FullName;

    private readonly Process _script;
    private readonly ScreenModel _screen = new();
    private readonly Task _reading;

    private TerminalSession(string command)
    {
        var program = $"dotnet '{typeof(ExitCode).Assembly.Location}'";
        var start = new ProcessStartInfo("script",
            ["-qfec", $"stty cols 80 rows 24; {command.Replace("clusterlb", program, StringComparison.Ordinal)}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment.Remove("STATE_DIRECTORY");
        start.Environment["XDG_STATE_HOME"] = s_state;
        _script = Process.Start(start)!;
        _reading = ReadAsync();
    }

    public string Text
    {
        get
        {
            lock (_screen) return string.Join('\n', _screen.Lines);
        }
    }

    public bool IsAlternate => Ask(screen => screen.IsAlternate);

    public bool HasCursor => Ask(screen => screen.HasCursor);

    public (int Width, int Height) Extent => Ask(screen => (screen.Widest, screen.Highest));

    /// <summary>The nodes that the screen shows, by name.</summary>
    public IReadOnlyDictionary<string, (int Pid, string Address, string Process, string Cluster)> Nodes =>
        NodePattern().Matches(Text).ToDictionary(match => match.Groups["name"].Value, match => (
            int.Parse(match.Groups["pid"].ValueSpan, CultureInfo.InvariantCulture), match.Groups["address"].Value,
            match.Groups["process"].Value, match.Groups["cluster"].Value));

    /// <param name="command">For a shell.</param>
    public static TerminalSession Start(string command) => new(command);

    public static bool Lives(int pid)
    {
        try
        {
            return StateOf(pid) != 'Z';
        }
        catch (IOException)
        {
            // It is gone.
            return false;
        }
    }

    /// <summary>As proc(5) has it: T = stopped, Z = dead and not waited for.</summary>
    public static char StateOf(int pid) => StatOf(pid)[0][0];

    public static int ParentOf(int pid) => int.Parse(StatOf(pid)[1], CultureInfo.InvariantCulture);

    public static void Signal(int pid, int signal) => Assert.Equal(0, kill(pid, signal));

    public void Press(string keys)
    {
        _script.StandardInput.Write(keys);
        _script.StandardInput.Flush();
    }

    /// <summary>Another size, of which the demo hears as of a window that somebody draws bigger or smaller.</summary>
    /// <param name="demo">The process.</param>
    public static async Task ResizeAsync(int demo, int width, int height)
    {
        var terminal = File.ResolveLinkTarget($"/proc/{demo}/fd/1", returnFinalTarget: false)!.FullName;
        using var stty = Process.Start("stty", ["-F", terminal, "cols", $"{width}", "rows", $"{height}"]);
        await stty.WaitForExitAsync();
        Assert.Equal(0, stty.ExitCode);
    }

    public async Task UntilAsync(Func<bool> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(50))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(60)) Assert.Fail($"it never became true: {Text}");
        }
    }

    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _script.WaitForExitAsync(patience.Token);
        await _reading;
        return _script.ExitCode;
    }

    public void Dispose()
    {
        // The terminal ends with it, and what is on it with that.
        if (!_script.HasExited) _script.Kill();
        _script.WaitForExit();
        _script.Dispose();
    }

    /// <summary>What stands behind the name, which may hold anything.</summary>
    private static string[] StatOf(int pid) => File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');

    private T Ask<T>(Func<ScreenModel, T> question)
    {
        lock (_screen) return question(_screen);
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _script.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_screen) _screen.Write(new string(buffer, 0, count));
        }
    }

    [GeneratedRegex(@"^(?<name>lb\d) +(?<pid>\d+) +(?<address>\S+) +(?<process>\S+) +(?<cluster>\S+)", RegexOptions.Multiline)]
    private static partial Regex NodePattern();

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
