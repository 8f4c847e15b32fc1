using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace ClusterLb.Faults.Processes;

/// <summary>A process that this one started and that ends with it.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    private bool _isDisposed;

    private Child(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => AppendError(line.Data);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) _lines.Writer.TryComplete();
            else _lines.Writer.TryWrite(line.Data);
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public int Pid => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>What it wrote to its standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <param name="command">The program, looked for as a shell does, and its arguments.</param>
    public static Task<Child> StartAsync(params IEnumerable<string> command) => StartAsync(new Dictionary<string, string>(), command);

    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="command">The program, looked for as a shell does, and its arguments.</param>
    public static async Task<Child> StartAsync(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> command)
    {
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", "--", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new Child(await Launcher.StartAsync(start));
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; the message has what it complained of.</exception>
    public static async Task<string> RunAsync(params IReadOnlyList<string> command)
    {
        using var child = await StartAsync(command);
        return await child.OutputAsync(string.Join(' ', command));
    }

    /// <summary>The same with something to read on its standard input.</summary>
    public static async Task<string> FeedAsync(string input, params IReadOnlyList<string> command)
    {
        using var child = await StartAsync(command);
        await child.WriteLineAsync(input);
        child._process.StandardInput.Close();
        return await child.OutputAsync(string.Join(' ', command));
    }

    /// <summary>Its next line on standard output; null when there is none any more.</summary>
    public async Task<string?> ReadLineAsync() =>
        await _lines.Reader.WaitToReadAsync() && _lines.Reader.TryRead(out var line) ? line : null;

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public void Signal(int signal)
    {
        if (Libc.Kill(_process.Id, signal) != 0) throw new InvalidOperationException($"process {_process.Id} takes no signal {signal}");
    }

    /// <summary>Ends it at once and waits until it has.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
    }

    public Task ExitAsync(CancellationToken patience = default) => _process.WaitForExitAsync(patience);

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Kill();
        _process.Dispose();
    }

    private async Task<string> OutputAsync(string command)
    {
        var output = new StringBuilder();
        while (await ReadLineAsync() is { } line) output.AppendLine(line);
        await ExitAsync();
        return _process.ExitCode == 0
            ? output.ToString()
            : throw new InvalidOperationException($"{command}: {Errors.Trim()}{output.ToString().Trim()}");
    }

    private void AppendError(string? line)
    {
        if (line is null) return;
        lock (_errors) _errors.AppendLine(line);
    }
}
