using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using ClusterLb.Node.Terminal;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>A real <c>clusterlb</c> process, started as an operator would, ended with the test whatever happens.</summary>
internal sealed partial class NodeProcess : IDisposable
{
    public const int SIGINT = 2;
    public const int SIGKILL = 9;
    public const int SIGUSR2 = 12;
    public const int SIGTERM = 15;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;

    /// <summary>Where the nodes of all tests share a secret; the user's own is not touched.</summary>
    private static readonly string s_state = Directory.CreateTempSubdirectory("clusterlb-state").FullName;

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly StringBuilder _output = new();

    private NodeProcess(ProcessStartInfo start)
    {
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        start.Environment.Remove("STATE_DIRECTORY");
        start.Environment["XDG_STATE_HOME"] = s_state;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Its log and its complaints.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public int Pid => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Any command.</summary>
    public static NodeProcess Start(params string[] arguments) => Launch(CommandOf(arguments));

    public static NodeProcess Run(params string[] arguments) => Start(["run", .. arguments]);

    /// <summary>With one more variable, such as <c>NAME=value</c>.</summary>
    public static NodeProcess RunWith(string variable, params string[] arguments) => StartWith(variable, ["run", .. arguments]);

    /// <summary>Any command with one more variable.</summary>
    public static NodeProcess StartWith(string variable, params string[] arguments) =>
        Launch(["env", variable, .. CommandOf(arguments)]);

    /// <summary>With so many file descriptors and no more.</summary>
    public static NodeProcess RunWithDescriptors(int descriptors, params string[] arguments) =>
        Launch(["bash", "-c", $"ulimit -n {descriptors} && exec \"$@\"", "bash", .. CommandOf(["run", .. arguments])]);

    /// <summary>By a parent that ignores signals, as <c>nohup</c> and shells do.</summary>
    /// <param name="signals">Their names, such as <c>HUP QUIT</c>.</param>
    public static NodeProcess RunIgnoring(string signals, params string[] arguments) =>
        Launch(["sh", "-c", $"trap '' {signals}; exec \"$@\"", "sh", .. CommandOf(["run", .. arguments])]);

    /// <summary>What its open descriptors are, such as <c>pipe:[123]</c>.</summary>
    public IReadOnlyList<string> Descriptors() =>
        [.. Directory.GetFileSystemEntries($"/proc/{Pid}/fd").Select(entry => new FileInfo(entry).LinkTarget ?? "")];

    /// <summary>A node whose output and errors go to files, or pipes, of the test's own.</summary>
    public static NodeProcess RunInto(string output, string errors, params string[] arguments) =>
        Launch(["sh", "-c", "out=$1; err=$2; shift 2; exec \"$@\" >\"$out\" 2>\"$err\"", "sh", output, errors,
            .. CommandOf(["run", .. arguments])]);

    /// <summary>The settings of a node with one pool over the given backends.</summary>
    public static string[] Settings(int port, int admin, params IPEndPoint[] backends) =>
    [
        "--set", $"listeners.web.bind=127.0.0.1:{port}", "--set", "listeners.web.pool=app", "--set", $"node.admin.bind=127.0.0.1:{admin}",
        "--set", "node.drain-delay=0s", "--set", "pools.app.health.type=tcp", "--set", "pools.app.health.interval=200ms",
        .. backends.SelectMany((backend, i) => new[] { "--set", $"pools.app.backends.b{i}.address={backend}" }),
    ];

    /// <summary>Waits until it is ready by its own word; fails at once when it has ended instead.</summary>
    /// <param name="http">Asks.</param>
    /// <param name="admin">Its admin port.</param>
    public Task ReadyAsync(HttpClient http, int admin) => Eventually.Is(async () =>
    {
        if (_process.HasExited) Assert.Fail($"it ended with {await ExitCodeAsync()}; what it said: {Errors}");
        return await ReadinessAsync(http, admin) == HttpStatusCode.OK;
    });

    /// <summary>What a node's <c>/readyz</c> answers; null while nobody listens there.</summary>
    public static async Task<HttpStatusCode?> ReadinessAsync(HttpClient http, int admin)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{admin}/readyz"));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Terminate() => Signal(SIGTERM);

    public void Signal(int signal) => Signal(_process.Id, signal);

    /// <summary>To a process that another one has started.</summary>
    public static void Signal(int process, int signal) => Assert.Equal(0, kill(process, signal));

    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"it did not end; what it said: {Errors}");
        }

        return _process.ExitCode;
    }

    /// <summary>The same though a process that it has started goes on, with its output.</summary>
    public async Task<int> OwnExitCodeAsync()
    {
        await Eventually.Is(() => _process.HasExited);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        // Whoever starts it anew wants its ports.
        _process.WaitForExit();
        _process.Dispose();
    }

    private static NodeProcess Launch(string[] command) => new(new ProcessStartInfo(command[0], command[1..]));

    /// <summary>The published program where there is one, as tests/run.sh makes it; else what was built beside this.</summary>
    private static string[] CommandOf(string[] arguments) =>
        Environment.GetEnvironmentVariable("TESTED_CLUSTERLB") is { Length: > 0 } published
        ? [published, .. arguments]
        : ["dotnet", typeof(ExitCode).Assembly.Location, .. arguments];

    private static void Append(StringBuilder to, string? line)
    {
        if (line is null) return;
        lock (to) to.AppendLine(line);
    }

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
