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
        Assert.InRange(loop.Busy, TimeSpan.FromMilliseconds(150), Stopwatch.GetElapsedTime(started));
        // A loop that counted its waits would be busy all its life; each turn adds what it counts.
        await Eventually.Is(() =>
        {
            loop.Post(_ => { }, null);
            return Stopwatch.GetElapsedTime(started) - loop.Busy > loop.Busy;
        });

        await loop.StopAsync();
    }
}
