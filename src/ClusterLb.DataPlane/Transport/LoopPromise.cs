using System.Runtime.ExceptionServices;

namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// A value that one piece of loop code will have and another waits for. It has one waiter, and is used again once its value was taken. Used
/// on its loop only.
/// </summary>
internal class LoopPromise<T>
{
    private ILoopStep? _next;
    private T _value = default!;
    private ExceptionDispatchInfo? _fault;

    public bool IsCompleted { get; private set; }

    public LoopTask<T> Task => new(this);

    public void Complete(T value)
    {
        _value = value;
        Continue();
    }

    public void Fail(Exception fault)
    {
        _fault = ExceptionDispatchInfo.Capture(fault);
        Continue();
    }

    public void Then(ILoopStep next)
    {
        if (_next is not null) throw new InvalidOperationException("A loop task is awaited once.");
        if (IsCompleted) next.MoveNext();
        else _next = next;
    }

    public T Take()
    {
        if (!IsCompleted) throw new InvalidOperationException("A loop task is awaited once, after it completed.");
        var (value, fault) = (_value, _fault);
        (_value, _fault, IsCompleted) = (default!, null, false);
        Taken();
        fault?.Throw();
        return value;
    }

    /// <summary>Nobody will ask for this value again.</summary>
    protected virtual void Taken()
    {
    }

    private void Continue()
    {
        IsCompleted = true;
        if (_next is not { } next) return;
        _next = null;
        next.MoveNext();
    }
}
