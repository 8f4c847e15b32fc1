using System.Net;
using System.Net.Sockets;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Transport.Sockets;

namespace ClusterLb.DataPlane.Tests.Transport;

public sealed class PipeTests
{
    [Theory]
    [InlineData(64, IoResult.TimedOut)]
    [InlineData(64 * 1024, IoResult.Ready)]
    public async Task A_reader_that_takes_a_little_now_and_then_is_too_slow_and_one_that_takes_enough_is_not(int bytesAtATime, int expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        // This transport asks again and again whether there is room: a wait ends though the socket never was full.
        var loop = new SocketLoop(0, "test", 1024, _ => { });
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Start();

        loop.Post(_ => loop.Launch(DrainAsync(loop, (IPEndPoint)listener.LocalEndpoint, new SlowPipe(loop, bytesAtATime), ended)), null);

        Assert.Equal(expected, await ended.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await loop.StopAsync();
    }

    private static async LoopTask<bool> DrainAsync(EventLoop loop, IPEndPoint endPoint, SlowPipe pipe, TaskCompletionSource<int> ended)
    {
        var connected = await loop.ConnectAsync(endPoint, loop.Now + 10_000);
        ended.SetResult(await pipe.DrainAsync(connected.Connection!, SlowPipe.IdleMilliseconds));
        return true;
    }

    /// <summary>Gives a few bytes each time there is room, and takes much longer for all of them than a reader may for a part.</summary>
    private sealed class SlowPipe : Pipe
    {
        public const long IdleMilliseconds = 200;

        private readonly EventLoop _loop;
        private readonly int _bytesAtATime;
        private long _nextAt;

        public SlowPipe(EventLoop loop, int bytesAtATime)
        {
            (_loop, _bytesAtATime) = (loop, bytesAtATime);
            Held = 256 * 1024;
        }

        public override int Fill(Connection from, long atMost) => throw new NotSupportedException();

        public override void Dispose()
        {
        }

        protected override int Drain(Connection to)
        {
            if (_loop.Now < _nextAt) return IoResult.WouldBlock;
            _nextAt = _loop.Now + (IdleMilliseconds / 2);
            Held -= _bytesAtATime;
            return _bytesAtATime;
        }
    }
}
