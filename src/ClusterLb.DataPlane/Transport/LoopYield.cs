using System.Runtime.CompilerServices;

namespace ClusterLb.DataPlane.Transport;

/// <summary>Awaited, it resumes on the loop's next turn.</summary>
internal readonly struct LoopYield(EventLoop loop) : ICriticalNotifyCompletion
{
    public LoopYield GetAwaiter() => this;

    public bool IsCompleted => false;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => loop.ResumeNextTurn(continuation);

    public void UnsafeOnCompleted(Action continuation) => loop.ResumeNextTurn(continuation);
}
