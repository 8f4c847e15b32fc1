using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Printing;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Events;

/// <summary>The last 1,000 decisions that this node made or heard of, with their evidence. Any thread.</summary>
public sealed class EventJournal(string node, ILogger logger, TimeProvider time)
{
    internal const int Capacity = 1_000;

    private readonly Queue<ClusterEventEntry> _entries = new();

    /// <summary>Keeps it, and says it in the log.</summary>
    public void Announce(string subject, string text)
    {
        Add(subject, text);
        logger.Decided(subject, text);
    }

    /// <summary>Keeps it; whoever calls has logged it in its own words.</summary>
    /// <param name="subject">A backend's id, a pool or a node.</param>
    /// <param name="text">What happened and why.</param>
    public void Add(string subject, string text)
    {
        var entry = new ClusterEventEntry(time.GetUtcNow().ToUnixTimeMilliseconds(), node, Printable.Of(subject), Printable.Of(text));
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
