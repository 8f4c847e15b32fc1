using System.Runtime.CompilerServices;

namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// What an <c>async</c> method of loop code returns: its value, or the promise of it. Awaited exactly once, on its loop, and completed
/// inline; in steady state neither the method nor its caller allocates. Decision 0001 says why it is not a <see cref="ValueTask{T}"/>.
/// </summary>
[AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
internal readonly struct LoopTask<T>
{
    private readonly LoopPromise<T>? _promise;
    private readonly T _value;

    public LoopTask(T value) => (_promise, _value) = (null, value);

    public LoopTask(LoopPromise<T> promise) => (_promise, _value) = (promise, default!);

    public bool IsCompleted => _promise is null || _promise.IsCompleted;

    public Awaiter GetAwaiter() => new(this);

    public readonly struct Awaiter(LoopTask<T> task) : ILoopAwaiter, ICriticalNotifyCompletion
    {
        public bool IsCompleted => task.IsCompleted;

        public T GetResult() => task._promise is null ? task._value : task._promise.Take();

        public void Then(ILoopStep next) => task._promise!.Then(next);

        public void OnCompleted(Action continuation) => Then(new ActionStep(continuation));

        public void UnsafeOnCompleted(Action continuation) => Then(new ActionStep(continuation));
    }
}

/// <summary>Loop code that goes on once what it waits for is there.</summary>
internal interface ILoopStep
{
    void MoveNext();
}

/// <summary>What loop code may await: things that complete on its loop.</summary>
internal interface ILoopAwaiter
{
    void Then(ILoopStep next);
}

/// <summary>For awaiting from code that is not the loop's own.</summary>
internal sealed class ActionStep(Action continuation) : ILoopStep
{
    public void MoveNext() => continuation();
}
