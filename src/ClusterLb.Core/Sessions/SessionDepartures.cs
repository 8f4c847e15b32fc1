using System.Collections.Concurrent;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// How many sessions each backend has lost since the node began, as its <see cref="BindingTable"/> saw it. Any thread but an event loop's.
/// </summary>
public sealed class SessionDepartures
{
    private readonly ConcurrentDictionary<ulong, Cell> _byBackend = new();

    /// <param name="backend"><see cref="Backends.Backend.Key"/>.</param>
    /// <returns>Sessions bound elsewhere since, and sessions that nobody used within their time to live.</returns>
    public (long Moved, long Expired) Of(ulong backend) =>
        _byBackend.TryGetValue(backend, out var cell) ? (Interlocked.Read(ref cell.Moved), Interlocked.Read(ref cell.Expired)) : default;

    /// <summary>It is not configured any more.</summary>
    public void Forget(ulong backend) => _byBackend.TryRemove(backend, out _);

    internal void Moved(ulong backend) => Interlocked.Increment(ref CellOf(backend).Moved);

    internal void Expired(ulong backend) => Interlocked.Increment(ref CellOf(backend).Expired);

    private Cell CellOf(ulong backend) => _byBackend.GetOrAdd(backend, static _ => new Cell());

    private sealed class Cell
    {
        public long Moved;
        public long Expired;
    }
}
