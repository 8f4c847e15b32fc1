using ClusterLb.Core.Sessions;

namespace ClusterLb.Redis;

/// <summary>
/// Bindings that wait to be written: of each session only what counts, in the order the sessions came; when full the oldest go. Any thread.
/// </summary>
internal sealed class BindingQueue(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SessionKey, Binding> _latest = [];
    private readonly Queue<SessionKey> _order = [];
    private TaskCompletionSource _some = NewSignal();
    private long _dropped;

    public int Count
    {
        get
        {
            lock (_lock) return _order.Count;
        }
    }

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Put(in Binding binding)
    {
        lock (_lock)
        {
            if (_latest.TryGetValue(binding.Session, out var held))
            {
                if (binding.Overrules(held) || (!held.Overrules(binding) && binding.ExpiresAt > held.ExpiresAt))
                    _latest[binding.Session] = binding;
                return;
            }

            if (_order.Count == capacity)
            {
                _latest.Remove(_order.Dequeue());
                _dropped++;
            }

            _latest.Add(binding.Session, binding);
            _order.Enqueue(binding.Session);
            _some.TrySetResult();
        }
    }

    /// <summary>Moves the oldest over.</summary>
    public void Take(List<Binding> destination, int most)
    {
        lock (_lock)
        {
            for (; most > 0 && _order.TryDequeue(out var session); most--)
            {
                _latest.Remove(session, out var binding);
                destination.Add(binding);
            }

            if (_order.Count == 0 && _some.Task.IsCompleted) _some = NewSignal();
        }
    }

    /// <summary>Until there is something to take.</summary>
    /// <exception cref="OperationCanceledException">When cancelled.</exception>
    public Task WaitAsync(CancellationToken cancellation)
    {
        lock (_lock) return _some.Task.WaitAsync(cancellation);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
