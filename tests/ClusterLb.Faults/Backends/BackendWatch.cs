using ClusterLb.Faults.History;

namespace ClusterLb.Faults.Backends;

/// <summary>
/// Asks a backend without end, past all nodes, as the clients of a run do from their process: when a busy machine lets either of them stand
/// still, no node can tell that from a backend that is frozen.
/// </summary>
public sealed class BackendWatch : IAsyncDisposable
{
    // Half the response timeout of a run's nodes: who is mute for so long is doubted.
    private const double StandstillMilliseconds = 1_000;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new();
    private readonly Task _watching;

    /// <param name="backend">Whom to ask.</param>
    /// <param name="clock">The run's.</param>
    /// <param name="note">Takes each standstill, on a thread of the pool.</param>
    public BackendWatch(BackendProcess backend, RunClock clock, Action<Absence> note) =>
        _watching = Task.Run(() => WatchAsync(backend, clock, note));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync(BackendProcess backend, RunClock clock, Action<Absence> note)
    {
        var heard = clock.Now;
        while (!_stop.IsCancellationRequested)
        {
            var isThere = await IsThereAsync(backend);
            var now = clock.Now;
            if (isThere && now - heard >= StandstillMilliseconds) note(new Absence(backend.Name, AbsenceKind.StoodStill, heard, now));
            heard = now;
            await Task.Delay(s_pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> IsThereAsync(BackendProcess backend)
    {
        try
        {
            await _http.GetAsync(new Uri($"http://{backend.EndPoint}/watch"), _stop.Token);
            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            // Killed, which is written down by whoever did it.
            return false;
        }
    }
}
