using Microsoft.Extensions.Logging;

namespace ClusterLb.Redis;

/// <summary>Whom to tell that the store is there again. Any thread.</summary>
internal sealed class ReturnCallbacks(ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly List<Action> _callbacks = [];
    private long _returns;

    public long Returns => Interlocked.Read(ref _returns);

    /// <summary>Who comes after the first return has missed it, and is told at once.</summary>
    public void Add(Action callback)
    {
        lock (_lock)
        {
            _callbacks.Add(callback);
            if (_returns > 0) Call(callback);
        }
    }

    public void Raise()
    {
        lock (_lock)
        {
            _returns++;
            foreach (var callback in _callbacks) Call(callback);
        }
    }

    private void Call(Action callback) => ThreadPool.QueueUserWorkItem(
        _ =>
        {
            try
            {
                callback();
            }
            catch (Exception failure)
            {
                logger.ReconcileFailed(failure);
            }
        });
}
