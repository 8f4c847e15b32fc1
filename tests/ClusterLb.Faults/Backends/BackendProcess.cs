using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace ClusterLb.Faults.Backends;

/// <summary>
/// A backend in a process of its own, which can be killed, frozen and replaced within milliseconds: another process always waits to take
/// its place.
/// </summary>
public sealed partial class BackendProcess : IDisposable
{
    private const int SIGKILL = 9;
    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;

    private readonly string _journal;
    private Process _running;
    private Process _spare;

    private BackendProcess(string name, int port, string journal)
    {
        (Name, EndPoint, _journal) = (name, new IPEndPoint(IPAddress.Loopback, port), journal);
        (_running, _spare) = (Wait(), Wait());
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    /// <param name="name">That it answers with.</param>
    /// <param name="port">That nobody else has.</param>
    /// <param name="folder">Where it writes down what was posted to it.</param>
    public static async Task<BackendProcess> StartAsync(string name, int port, string folder)
    {
        var backend = new BackendProcess(name, port, Path.Combine(folder, $"{name}.posts"));
        try
        {
            await ListenAsync(backend._running);
            return backend;
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    /// <summary>What was posted to it, by whichever process.</summary>
    public IReadOnlyList<string> Posts => File.ReadAllLines(_journal);

    public void Freeze() => Signal(SIGSTOP);

    public void Thaw() => Signal(SIGCONT);

    public void Kill()
    {
        Signal(SIGKILL);
        _running.WaitForExit();
        _running.Dispose();
    }

    /// <summary>After <see cref="Kill"/>.</summary>
    public async Task RestartAsync()
    {
        (_running, _spare) = (_spare, Wait());
        await ListenAsync(_running);
    }

    public void Dispose()
    {
        foreach (var process in new[] { _running, _spare })
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private Process Wait()
    {
        string[] arguments = [typeof(BackendServer).Assembly.Location, Name, EndPoint.Port.ToString(CultureInfo.InvariantCulture),
            _journal];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    private static async Task ListenAsync(Process process)
    {
        await process.StandardOutput.ReadLineAsync();
        await process.StandardInput.WriteLineAsync("listen");
        await process.StandardInput.FlushAsync();
        if (await process.StandardOutput.ReadLineAsync() != "listens") throw new InvalidOperationException("a backend does not listen");
    }

    private void Signal(int signal)
    {
        if (kill(_running.Id, signal) != 0) throw new InvalidOperationException($"{Name} takes no signal {signal}");
    }

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
