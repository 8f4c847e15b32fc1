using System.Globalization;
using System.Net;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Processes;
using ClusterLb.Testing;

namespace ClusterLb.Faults.Backends;

/// <summary>
/// A backend in a process of its own, which can be killed, frozen and replaced within milliseconds: another process always waits to take
/// its place.
/// </summary>
public sealed class BackendProcess : IDisposable
{
    private readonly string _journal;
    private readonly IPAddress _bind;
    private Child _running = null!;
    private Child _spare = null!;

    private BackendProcess(string name, IPAddress bind, IPEndPoint endPoint, IPEndPoint lines, string journal) =>
        (Name, _bind, EndPoint, Lines, _journal) = (name, bind, endPoint, lines, journal);

    public string Name { get; }

    /// <summary>Of HTTP.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Of lines over TCP.</summary>
    public IPEndPoint Lines { get; }

    /// <summary>What was posted to it, by whichever process.</summary>
    public IReadOnlyList<string> Posts =>
        [.. Journal.Read(_journal).Where(receipt => receipt.Method == "POST").Select(receipt => receipt.Stamp.Id)];

    /// <summary>How much it has written down.</summary>
    internal long JournalLength => Journal.LengthOf(_journal);

    /// <param name="name">That it answers with.</param>
    /// <param name="port">That nobody else has.</param>
    /// <param name="folder">Where it writes down what it receives.</param>
    public static Task<BackendProcess> StartAsync(string name, int port, string folder) =>
        StartAsync(name, IPAddress.Loopback, IPAddress.Loopback, port, folder);

    /// <param name="name">That it answers with.</param>
    /// <param name="bind">Where it listens.</param>
    /// <param name="address">At which nodes find it there.</param>
    /// <param name="port">That nobody else has.</param>
    /// <param name="folder">Where it writes down what it receives.</param>
    internal static async Task<BackendProcess> StartAsync(string name, IPAddress bind, IPAddress address, int port, string folder)
    {
        var backend = new BackendProcess(name, bind, new IPEndPoint(address, port), new IPEndPoint(address, FreePorts.Next()),
            Path.Combine(folder, $"{name}.journal"));
        backend._running = await backend.WaitAsync();
        try
        {
            backend._spare = await backend.WaitAsync();
            await ListenAsync(backend._running);
            return backend;
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    public void Freeze() => _running.Signal(Libc.SIGSTOP);

    public void Thaw() => _running.Signal(Libc.SIGCONT);

    /// <summary>Waits until it is gone.</summary>
    public void Kill() => _running.Dispose();

    /// <summary>After <see cref="Kill"/>.</summary>
    public async Task RestartAsync()
    {
        (_running, _spare) = (_spare, await WaitAsync());
        await ListenAsync(_running);
    }

    /// <summary>As it is to behave from now on, until it is killed.</summary>
    public Task BehaveAsync(Behaviour behaviour) => _running.WriteLineAsync(behaviour.ToString());

    public void Dispose()
    {
        _running.Dispose();
        _spare?.Dispose();
    }

    /// <param name="offset">As <see cref="JournalLength"/> was.</param>
    internal IReadOnlyList<Receipt> ReceiptsFrom(long offset) => Journal.Read(_journal, offset);

    private Task<Child> WaitAsync() => Child.StartAsync(
        "dotnet", typeof(BackendServer).Assembly.Location, "backend", Name, _bind.ToString(),
        EndPoint.Port.ToString(CultureInfo.InvariantCulture), Lines.Port.ToString(CultureInfo.InvariantCulture), _journal);

    private static async Task ListenAsync(Child process)
    {
        await process.ReadLineAsync();
        await process.WriteLineAsync("listen");
        if (await process.ReadLineAsync() != "listens") throw new InvalidOperationException($"a backend does not listen: {process.Errors}");
    }
}
