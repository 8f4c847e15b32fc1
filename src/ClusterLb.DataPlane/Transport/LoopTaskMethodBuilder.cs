using System.Runtime.CompilerServices;

namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// Builds <c>async LoopTask&lt;T&gt;</c> methods. A suspended method lives in a box from a free list of its own thread, so that in steady
/// state awaiting allocates nothing however many requests are in flight; no execution context is captured.
/// </summary>
internal struct LoopTaskMethodBuilder<T>
{
    private LoopPromise<T>? _promise;
    private T _value;

    public static LoopTaskMethodBuilder<T> Create() => default;

    public readonly LoopTask<T> Task => _promise is null ? new LoopTask<T>(_value) : _promise.Task;

#pragma warning disable CA1822 // The compiler calls these on the builder it holds.
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine =>
        stateMachine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) =>
        throw new NotSupportedException("Only debug-less class state machines call this.");
#pragma warning restore CA1822

    public void SetResult(T value)
    {
        if (_promise is null) _value = value;
        else _promise.Complete(value);
    }

    public void SetException(Exception exception)
    {
        // A method that fails before it first waits still hands out a task.
        _promise ??= new LoopPromise<T>();
        _promise.Fail(exception);
    }

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine =>
        throw new NotSupportedException("Loop code awaits only what completes on its loop.");

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion where TStateMachine : IAsyncStateMachine
    {
        // For a struct the JIT knows the answer and calls without boxing.
        if (awaiter is not ILoopAwaiter) throw new NotSupportedException("Loop code awaits only what completes on its loop.");
        ((ILoopAwaiter)awaiter).Then(BoxOf(ref stateMachine));
    }

    private LoopTaskBox<T, TStateMachine> BoxOf<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine
    {
        if (_promise is { } existing) return Unsafe.As<LoopTaskBox<T, TStateMachine>>(existing);
        var box = LoopTaskBox<T, TStateMachine>.Rent();
        // The builder is a field of the state machine: it must know the box before the machine is copied into it.
        _promise = box;
        box.StateMachine = stateMachine;
        return box;
    }
}

/// <summary>The heap's part of a suspended method.</summary>
internal sealed class LoopTaskBox<T, TStateMachine> : LoopPromise<T>, ILoopStep where TStateMachine : IAsyncStateMachine
{
    private const int MaxFree = 4096;

    [ThreadStatic]
    private static LoopTaskBox<T, TStateMachine>? _free;

    [ThreadStatic]
    private static int _freeCount;

    private LoopTaskBox<T, TStateMachine>? _nextFree;

    public TStateMachine? StateMachine;

    public static LoopTaskBox<T, TStateMachine> Rent()
    {
        if (_free is not { } box) return new LoopTaskBox<T, TStateMachine>();
        _free = box._nextFree;
        _freeCount--;
        box._nextFree = null;
        return box;
    }

    public void MoveNext() => StateMachine!.MoveNext();

    protected override void Taken()
    {
        StateMachine = default;
        if (_freeCount >= MaxFree) return;
        _freeCount++;
        _nextFree = _free;
        _free = this;
    }
}
