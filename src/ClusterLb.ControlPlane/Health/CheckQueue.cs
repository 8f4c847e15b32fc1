using System.Diagnostics.CodeAnalysis;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Which backend is to be checked when; each waits at most once. Not thread-safe.</summary>
internal sealed class CheckQueue
{
    private readonly PriorityQueue<string, long> _order = new();
    private readonly Dictionary<string, long> _dueAt = [];

    /// <summary>Monotonic milliseconds at which the next one is due; null when none waits.</summary>
    public long? NextAt
    {
        get
        {
            DropOutdated();
            return _order.TryPeek(out _, out var at) ? at : null;
        }
    }

    public bool Contains(string backend) => _dueAt.ContainsKey(backend);

    /// <summary>Puts a backend in, or moves it.</summary>
    public void Schedule(string backend, long at)
    {
        _dueAt[backend] = at;
        _order.Enqueue(backend, at);
    }

    public void Remove(string backend) => _dueAt.Remove(backend);

    public void Clear()
    {
        _order.Clear();
        _dueAt.Clear();
    }

    /// <summary>Takes one that is due.</summary>
    public bool TryTake(long now, [NotNullWhen(true)] out string? backend)
    {
        DropOutdated();
        if (!_order.TryPeek(out backend, out var at) || at > now) return false;
        _dueAt.Remove(_order.Dequeue());
        return true;
    }

    /// <summary>A backend that was moved leaves its old place behind.</summary>
    private void DropOutdated()
    {
        while (_order.TryPeek(out var backend, out var at) && _dueAt.GetValueOrDefault(backend, -1) != at) _order.Dequeue();
    }
}
