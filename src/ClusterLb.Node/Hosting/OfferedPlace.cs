using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Hosting;

/// <summary>
/// The place of a node as others may ask for it: another process at the socket, a signal for whatever program is installed now.
/// </summary>
/// <param name="path">Of the socket; empty = nobody may ask.</param>
/// <param name="upgrade">By the same socket.</param>
/// <param name="signals">SIGUSR2 is heard from the moment at which the socket is open.</param>
internal sealed class OfferedPlace(string path, NodePlace place, Upgrade upgrade, ProcessSignals signals, TimeProvider time)
    : IAsyncDisposable
{
    private TakeoverSocket? _socket;

    /// <summary>Before the node serves: who wants a socket that somebody else has does not start.</summary>
    /// <exception cref="TakeoverException">It cannot be opened.</exception>
    public async Task OpenAsync()
    {
        if (path.Length > 0) _socket = await TakeoverSocket.OpenAsync(path, isSuccessor: false, place, time);
        Hear();
    }

    /// <summary>In the place of the process before this one. A node that serves goes on, whatever becomes of it.</summary>
    public async Task TakeOverAsync()
    {
        try
        {
            if (path.Length > 0) _socket = await TakeoverSocket.OpenAsync(path, isSuccessor: true, place, time);
            Hear();
        }
        catch (TakeoverException failure)
        {
            place.Announce($"cannot be upgraded in its place: {failure.Message}");
        }
    }

    /// <summary>Until the node is asked to leave, or another process is the node.</summary>
    /// <returns>Another process is.</returns>
    public async Task<bool> WaitAsync()
    {
        // A takeover that is under way ends, one way or the other.
        if (await Task.WhenAny(signals.First, place.GivenTo) == signals.First) await DisposeAsync();
        return place.GivenTo.IsCompleted;
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket is { } socket) await socket.DisposeAsync();
        _socket = null;
    }

    private void Hear() => signals.UpgradeAsked += upgrade.Begin;
}
