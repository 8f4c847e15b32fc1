using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// Builds <c>async ValueTask&lt;T&gt;</c> methods that run on one event loop. A suspended method lives in a box from a free list of its
/// own thread, so that in steady state awaiting allocates nothing however many requests are in flight; no execution context is captured.
/// Such a method may only await what completes on its loop, and its task is awaited exactly once.
/// </summary>
internal struct LoopMethodBuilder<T>
{
    private LoopTaskBox<T>? _box;
    private T _result;

    public static LoopMethodBuilder<T> Create() => default;

    public readonly ValueTask<T> Task => _box is null ? new ValueTask<T>(_result) : new ValueTask<T>(_box, _box.Version);

#pragma warning disable CA1822 // The compiler calls these on the builder it holds.
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) => throw new NotSupportedException("Only debug-less class state machines call this.");
#pragma warning restore CA1822

    public void SetResult(T result)
    {
        if (_box is null) _result = result;
        else _box.Complete(result, null);
    }

    public void SetException(Exception exception)
    {
        // A method that fails before it first waits still hands out a task: its box is born completed.
        _box ??= new FaultedBox<T>();
        _box.Complete(default!, ExceptionDispatchInfo.Capture(exception));
    }

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(BoxOf(ref stateMachine).MoveNext);

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion where TStateMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(BoxOf(ref stateMachine).MoveNext);

    private LoopTaskBox<T> BoxOf<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine
    {
        if (_box is { } existing) return existing;
        var box = LoopTaskBox<T, TStateMachine>.Rent();
        // The builder is a field of the state machine: it must know the box before the machine is copied into it.
        _box = box;
        box.StateMachine = stateMachine;
        return box;
    }
}

internal abstract class LoopTaskBox<T> : IValueTaskSource<T>
{
    private Action<object?>? _continuation;
    private object? _state;
    private T _result = default!;
    private ExceptionDispatchInfo? _exception;
    private bool _completed;

    public short Version { get; private set; }

    public Action MoveNext { get; protected init; } = null!;

    public void Complete(T result, ExceptionDispatchInfo? exception)
    {
        _result = result;
        _exception = exception;
        _completed = true;
        if (_continuation is not { } continuation) return;
        _continuation = null;
        continuation(_state);
    }

    public ValueTaskSourceStatus GetStatus(short token) =>
        !_completed ? ValueTaskSourceStatus.Pending : _exception is null ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Faulted;

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (_completed)
        {
            continuation(state);
            return;
        }

        _state = state;
        _continuation = continuation;
    }

    public T GetResult(short token)
    {
        if (token != Version || !_completed) throw new InvalidOperationException("A loop task is awaited once, after it completed.");
        var (result, exception) = (_result, _exception);
        _result = default!;
        _exception = null;
        _state = null;
        _completed = false;
        Version++;
        Recycle();
        exception?.Throw();
        return result;
    }

    protected abstract void Recycle();
}

internal sealed class FaultedBox<T> : LoopTaskBox<T>
{
    protected override void Recycle()
    {
    }
}

internal sealed class LoopTaskBox<T, TStateMachine> : LoopTaskBox<T> where TStateMachine : IAsyncStateMachine
{
    [ThreadStatic]
    private static LoopTaskBox<T, TStateMachine>? _free;

    [ThreadStatic]
    private static int _freeCount;

    private const int MaxFree = 4096;

    private LoopTaskBox<T, TStateMachine>? _next;

    private LoopTaskBox() => MoveNext = () => StateMachine!.MoveNext();

    public TStateMachine? StateMachine;

    public static LoopTaskBox<T, TStateMachine> Rent()
    {
        if (_free is not { } box) return new LoopTaskBox<T, TStateMachine>();
        _free = box._next;
        _freeCount--;
        box._next = null;
        return box;
    }

    protected override void Recycle()
    {
        StateMachine = default;
        if (_freeCount >= MaxFree) return;
        _freeCount++;
        _next = _free;
        _free = this;
    }
}
