using System.Net;
using ClusterLb.Core.Health;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Probing;

/// <summary>
/// Asks backends from an event loop of its own: a probe costs its system calls, and many at once share their wake-ups. On thread-pool
/// sockets each of its steps wakes a thread, which costs more than the step. Not on the loops of clients, so that the two never delay each
/// other.
/// </summary>
internal sealed class ProbeLoop(EventLoop loop) : IProbeTransport
{
    public Task<ProbeReply> AskAsync(IPEndPoint endPoint, IProbeTalk? talk, TimeSpan timeout)
    {
        var probe = new Probe(loop, endPoint, talk, timeout);
        loop.Post(static state => ((Probe)state!).Launch(), probe);
        return probe.Reply;
    }

    public void Start() => loop.Start();

    /// <summary>Probes under way end unanswered.</summary>
    public Task StopAsync() => loop.StopAsync();

    /// <param name="talk">Null = being connected is the answer.</param>
    private sealed class Probe(EventLoop loop, IPEndPoint endPoint, IProbeTalk? talk, TimeSpan timeout)
    {
        /// <summary>What a talk hears is read up to here, and so is what comes behind what it wanted.</summary>
        private const int MostRead = 1024 * 1024;

        private readonly TaskCompletionSource<ProbeReply> _reply = new();

        public Task<ProbeReply> Reply => _reply.Task;

        public void Launch() => loop.Launch(AskAsync());

        private async LoopTask<bool> AskAsync()
        {
            var reply = new ProbeReply(ProbeEnd.NotAsked);
            Connection? connection = null;
            try
            {
                var deadline = loop.Now + (long)timeout.TotalMilliseconds;
                (connection, var status) = await loop.ConnectAsync(endPoint, deadline);
                var last = default(ProbeTurn);
                if (connection is null) reply = new ProbeReply(EndOf(status));
                else if (talk is null) reply = new ProbeReply(ProbeEnd.Answered);
                else (reply, last) = await ConverseAsync(connection, talk, deadline);
                _reply.SetResult(reply);
                if (connection is not null && last.Result is not null) await PartAsync(connection, last, deadline);
                return true;
            }
            finally
            {
                // Whatever happens: a backend whose probe never ends would never be probed again, and a talk with a bug would cost a
                // descriptor each time.
                connection?.Close();
                _reply.TrySetResult(reply);
            }
        }

        private async LoopTask<(ProbeReply Reply, ProbeTurn Last)> ConverseAsync(Connection connection, IProbeTalk asked, long deadline)
        {
            if (!asked.Opening.IsEmpty && await connection.SendAsync(asked.Opening, deadline) is < 0 and var failed)
                return (new ProbeReply(EndOf(failed)), default);
            var buffer = loop.HeadBuffers.Rent();
            var heard = await HearAsync(connection, asked, buffer, deadline);
            loop.HeadBuffers.Return(buffer);
            return heard;
        }

        private static async LoopTask<(ProbeReply Reply, ProbeTurn Last)> HearAsync(
            Connection connection, IProbeTalk asked, byte[] buffer, long deadline)
        {
            var filled = 0;
            for (var total = 0; total < MostRead && filled < buffer.Length;)
            {
                var received = await connection.ReceiveAsync(buffer.AsMemory(filled), deadline);
                if (received < 0) return (new ProbeReply(EndOf(received)), default);
                total += received;
                filled += received;
                var turn = asked.Hear(buffer.AsSpan(0, filled), isLast: received == IoResult.EndOfStream);
                while (turn.Result is null)
                {
                    if (!turn.Words.IsEmpty && await connection.SendAsync(turn.Words, deadline) is < 0 and var failed)
                        return (new ProbeReply(EndOf(failed)), default);
                    buffer.AsSpan(turn.Taken, filled - turn.Taken).CopyTo(buffer);
                    filled -= turn.Taken;
                    // What it left may be all of the next answer.
                    if (turn.Taken == 0 || filled == 0) break;
                    turn = asked.Hear(buffer.AsSpan(0, filled), isLast: received == IoResult.EndOfStream);
                }

                if (turn.Result is { } result) return (new ProbeReply(ProbeEnd.Answered, result), turn);
                if (received == IoResult.EndOfStream) return (new ProbeReply(ProbeEnd.NoAnswer), default);
            }

            return (new ProbeReply(ProbeEnd.Endless), default);
        }

        private async LoopTask<bool> PartAsync(Connection connection, ProbeTurn last, long deadline)
        {
            if (!last.Words.IsEmpty && await connection.SendAsync(last.Words, deadline) < 0) return false;
            return last.HangsUp || await ReadOutAsync(connection, deadline);
        }

        private async LoopTask<bool> ReadOutAsync(Connection connection, long deadline)
        {
            for (var left = MostRead; left > 0 && await connection.WaitReadableAsync(deadline) == IoResult.Ready;)
            {
                var buffer = loop.BodyBuffers.Rent();
                var received = connection.TryReceive(buffer);
                loop.BodyBuffers.Return(buffer);
                if (received <= 0 && received != IoResult.WouldBlock) return true;
                left -= Math.Max(received, 0);
            }

            return false;
        }

        private static ProbeEnd EndOf(int status) => status switch
        {
            IoResult.TimedOut => ProbeEnd.TimedOut,
            IoResult.Reset => ProbeEnd.Reset,
            IoResult.Refused => ProbeEnd.Refused,
            IoResult.Unreachable => ProbeEnd.Unreachable,
            IoResult.Exhausted => ProbeEnd.NotAsked,
            _ => ProbeEnd.NoAnswer,
        };
    }
}
