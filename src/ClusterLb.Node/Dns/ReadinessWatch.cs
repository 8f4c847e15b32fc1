using ClusterLb.Node.Admin;
using ClusterLb.Node.Lifecycle;

namespace ClusterLb.Node.Dns;

/// <summary>
/// Asks every second what <c>/readyz</c> would say, so that a node whose loops hang is told of to the others, who leave it out of their
/// answers. Drains and ends need no watch: they are told at once.
/// </summary>
internal sealed class ReadinessWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(1);

    private readonly PeriodicTimer _timer;
    private readonly Task _watching;

    public ReadinessWatch(Readiness readiness, NodeState node, TimeProvider time)
    {
        _timer = new PeriodicTimer(s_round, time);
        _watching = WatchAsync(readiness, node);
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _watching;
    }

    private async Task WatchAsync(Readiness readiness, NodeState node)
    {
        while (await _timer.WaitForNextTickAsync())
            node.IsUnready = node.Phase == NodePhase.Ready && (await readiness.WhyNotAsync()).Length > 0;
    }
}
