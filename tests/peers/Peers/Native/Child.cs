using System.Diagnostics;

namespace Peers.Native;

/// <summary>A process of ours on chosen cores, its output in a file; disposing ends it.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private readonly Process _process;
    private readonly string _output;

    private Child(Process process, string output)
    {
        _process = process;
        _output = output;
    }

    public int Id => _process.Id;

    public bool Ended => _process.HasExited;

    /// <summary>The end of what it printed.</summary>
    public string LastWords => string.Join('\n', File.ReadLines(_output).TakeLast(5));

    /// <summary>
    /// Starts <paramref name="command"/> in <paramref name="folder"/>; the shell becomes the command, so that the id is the command's.
    /// </summary>
    public static Child Start(string folder, string name, string cores, string command,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var output = Path.Combine(folder, $"{name}.out");
        File.WriteAllText(output, "");
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec taskset -c {cores} {command} >{output} 2>&1"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start");
        // Whoever called us ends what is still alive should we be killed.
        File.AppendAllText(Path.Combine(folder, "pids"), FormattableString.Invariant($"{process.Id}\n"));
        return new Child(process, output);
    }

    /// <summary>Runs <paramref name="command"/> to its end and returns its last line.</summary>
    public static async Task<string> RunAsync(string folder, string name, string cores, string command)
    {
        using var child = Start(folder, name, cores, command);
        await child._process.WaitForExitAsync();
        return child._process.ExitCode == 0
            ? File.ReadLines(child._output).Last(line => line.Length > 0)
            : throw new InvalidOperationException($"{name} failed: {child.LastWords}");
    }

    /// <summary>The first line it prints, as soon as it is there.</summary>
    public async Task<string> FirstLineAsync()
    {
        while (true)
        {
            var ended = Ended;
            if (File.ReadAllText(_output) is var text && text.Contains('\n'))
            {
                return text[..text.IndexOf('\n')];
            }

            if (ended)
            {
                throw new InvalidOperationException($"ended without a word: {LastWords}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = Libc.Kill(Id, Libc.SignalTerminate);
            if (!_process.WaitForExit(s_patience))
            {
                _ = Libc.Kill(Id, Libc.SignalKill);
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }
}
