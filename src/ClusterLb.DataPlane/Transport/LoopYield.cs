using System.Runtime.CompilerServices;

namespace ClusterLb.DataPlane.Transport;

/// <summary>Awaited, it resumes on the loop's next turn.</summary>
internal readonly struct LoopYield(EventLoop loop) : ILoopAwaiter, ICriticalNotifyCompletion
{
    public LoopYield GetAwaiter() => this;

    public bool IsCompleted => false;

    public void GetResult()
    {
    }

    public void Then(ILoopStep next) => loop.ResumeNextTurn(next);

    public void OnCompleted(Action continuation) => Then(new ActionStep(continuation));

    public void UnsafeOnCompleted(Action continuation) => Then(new ActionStep(continuation));
}
