using System.Diagnostics;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Transport.Epoll;
using ClusterLb.DataPlane.Transport.Sockets;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Transport;

public sealed class LoopBusyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_loop_is_busy_while_it_works_and_not_while_it_waits(bool usesEpoll)
    {
        EventLoop loop = usesEpoll
            ? new EpollLoop(0, "loop-0", 1024, DescriptorBudget.Unlimited, _ => { })
            : new SocketLoop(0, "loop-0", 1024, _ => { });
        loop.Start();
        var started = Stopwatch.GetTimestamp();

        loop.Post(_ => SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(started) > TimeSpan.FromMilliseconds(200)), null);
        await Eventually.Is(() => loop.Busy > TimeSpan.FromMilliseconds(150));
        var worked = loop.Busy;
        await Task.Delay(300);
        var idled = loop.Busy - worked;
        var lived = Stopwatch.GetElapsedTime(started);

        await loop.StopAsync();
        Assert.InRange(worked, TimeSpan.FromMilliseconds(150), lived);
        Assert.InRange(idled, TimeSpan.Zero, TimeSpan.FromMilliseconds(150));
    }
}
