using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>The last 1,000 decisions that this node made or heard of, with their evidence. Any thread.</summary>
public sealed class EventJournal(string node, TimeProvider time)
{
    internal const int Capacity = 1_000;

    private readonly Queue<ClusterEventEntry> _entries = new();

    /// <param name="subject">A backend's id, a pool or a node.</param>
    /// <param name="text">What happened and why.</param>
    public void Add(string subject, string text)
    {
        var entry = new ClusterEventEntry(time.GetUtcNow().ToUnixTimeMilliseconds(), node, subject, text);
        lock (_entries)
        {
            if (_entries.Count == Capacity) _entries.Dequeue();
            _entries.Enqueue(entry);
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ClusterEventEntry> Read()
    {
        lock (_entries) return [.. _entries];
    }
}
