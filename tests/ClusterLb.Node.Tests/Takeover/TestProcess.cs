using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>A process at the other end that is none: it ends when it is ended.</summary>
internal sealed class TestProcess : IPeerProcess
{
    public int Process => Environment.ProcessId;

    public bool HasEnded { get; private set; }

    public Task<bool> HasEndedAsync() => Task.FromResult(HasEnded);

    public Task EndAsync()
    {
        HasEnded = true;
        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }
}
