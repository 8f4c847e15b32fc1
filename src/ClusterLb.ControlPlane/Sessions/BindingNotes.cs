using System.Collections.Concurrent;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// Bindings that event loops made or renewed, on their way to this node's table and to everybody else's: bounded, so that nobody waits for
/// an actor, and it outlives ActorSystems. Many writers, one reader.
/// </summary>
internal sealed class BindingNotes
{
    /// <summary>What waits beyond it is dropped.</summary>
    public const int Capacity = 100_000;

    private readonly ConcurrentQueue<BindingNote> _waiting = new();
    private volatile Action? _wake;
    private int _count;
    private int _isAwake;
    private long _dropped;

    public long Dropped => Interlocked.Read(ref _dropped);

    public int Waiting => Volatile.Read(ref _count);

    /// <summary>Any thread; waits for nobody.</summary>
    public void Add(in BindingNote note)
    {
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _dropped);
            return;
        }

        _waiting.Enqueue(note);
        // Enqueued before the flag is looked at, as the reader clears it before it dequeues: either it is seen here, or the binding there.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAwake) == 0 && Interlocked.Exchange(ref _isAwake, 1) == 0) _wake?.Invoke();
    }

    /// <summary>Called when something begins to wait, on the thread of whoever brought it, so it must only send a message.</summary>
    public void Subscribe(Action? wake) => _wake = wake;

    /// <summary>Takes all that wait.</summary>
    public void Take(List<BindingNote> taken)
    {
        Interlocked.Exchange(ref _isAwake, 0);
        var before = taken.Count;
        // Ends: what was taken counts as waiting until the last line, so writers can add only so much meanwhile.
        while (_waiting.TryDequeue(out var note)) taken.Add(note);
        Interlocked.Add(ref _count, before - taken.Count);
    }
}

/// <param name="Binding">Made or renewed.</param>
/// <param name="IsStored">The store outside said so: it need not be told.</param>
internal readonly record struct BindingNote(Binding Binding, bool IsStored);
