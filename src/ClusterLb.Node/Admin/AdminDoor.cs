namespace ClusterLb.Node.Admin;

/// <summary>
/// Whether the admin and health ports take connections. While it is closed they stay in the kernel's queue, for another process that has
/// the same sockets, or for when it is open again. Any thread.
/// </summary>
#pragma warning disable CA1001 // It is there as long as the process.
internal sealed class AdminDoor
#pragma warning restore CA1001
{
    private volatile TaskCompletionSource _open = Opened();
    private volatile CancellationTokenSource _closing = new();

    public bool IsOpen => _open.Task.IsCompleted;

    /// <summary>Completed while it is open.</summary>
    public Task WhenOpen => _open.Task;

    /// <summary>Cancelled when it closes.</summary>
    public CancellationToken Closing => _closing.Token;

    public void Close()
    {
        if (!IsOpen) return;
        _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _closing.Cancel();
    }

    public void Open()
    {
        if (IsOpen) return;
        _closing = new CancellationTokenSource();
        _open.SetResult();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
