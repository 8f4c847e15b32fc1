namespace ClusterLb.DataPlane.Transport;

/// <summary>The receive or the send that a connection cannot complete yet, and until when it may wait.</summary>
internal sealed class ConnectionWait : LoopPromise<int>
{
    public bool IsWaiting { get; private set; }

    /// <summary>Monotonic milliseconds; meaningful while waiting.</summary>
    public long Deadline { get; set; }

    public LoopTask<int> Begin(long deadline)
    {
        if (IsWaiting) throw new InvalidOperationException("A connection has one receive and one send at a time.");
        IsWaiting = true;
        Deadline = deadline;
        return Task;
    }

    public void End(int result)
    {
        IsWaiting = false;
        Complete(result);
    }

    public bool Expired(long now) => IsWaiting && Deadline <= now;
}
