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
    public Task<ProbeReply> AskAsync(IPEndPoint endPoint, ReadOnlyMemory<byte> question, AnswerReader? answer, TimeSpan timeout)
    {
        var probe = new Probe(loop, endPoint, question, answer, timeout);
        loop.Post(static state => ((Probe)state!).Launch(), probe);
        return probe.Reply;
    }

    public void Start() => loop.Start();

    /// <summary>Probes under way end unanswered.</summary>
    public Task StopAsync() => loop.StopAsync();

    /// <param name="answer">Null = being connected is the answer.</param>
    private sealed class Probe(EventLoop loop, IPEndPoint endPoint, ReadOnlyMemory<byte> question, AnswerReader? answer, TimeSpan timeout)
    {
        /// <summary>What comes behind what was asked for is read up to here.</summary>
        private const int MostReadOut = 1024 * 1024;

        private readonly TaskCompletionSource<ProbeReply> _reply = new();

        public Task<ProbeReply> Reply => _reply.Task;

        public void Launch() => loop.Launch(AskAsync());

        private async LoopTask<bool> AskAsync()
        {
            var reply = new ProbeReply(ProbeEnd.NotAsked);
            try
            {
                var deadline = loop.Now + (long)timeout.TotalMilliseconds;
                var (connection, status) = await loop.ConnectAsync(endPoint, deadline);
                reply = connection is null ? new ProbeReply(EndOf(status)) : await ConverseAsync(connection, deadline);
                _reply.SetResult(reply);
                if (connection is null) return true;
                if (reply.End == ProbeEnd.Answered && answer is not null) await ReadOutAsync(connection, deadline);
                connection.Close();
                return true;
            }
            finally
            {
                // Whatever happens: a backend whose probe never ends would never be probed again.
                _reply.TrySetResult(reply);
            }
        }

        private async LoopTask<ProbeReply> ConverseAsync(Connection connection, long deadline)
        {
            if (!question.IsEmpty && await connection.SendAsync(question, deadline) is < 0 and var failed)
                return new ProbeReply(EndOf(failed));
            return answer is null ? new ProbeReply(ProbeEnd.Answered) : await ReadAsync(connection, answer, deadline);
        }

        private async LoopTask<ProbeReply> ReadAsync(Connection connection, AnswerReader reader, long deadline)
        {
            var buffer = loop.HeadBuffers.Rent();
            var reply = new ProbeReply(ProbeEnd.NoAnswer);
            for (var filled = 0; filled < buffer.Length;)
            {
                var received = await connection.ReceiveAsync(buffer.AsMemory(filled), deadline);
                if (received <= 0)
                {
                    reply = new ProbeReply(EndOf(received));
                    break;
                }

                filled += received;
                if (reader(buffer.AsSpan(0, filled)) is not { } said) continue;
                reply = new ProbeReply(ProbeEnd.Answered, said);
                break;
            }

            loop.HeadBuffers.Return(buffer);
            return reply;
        }

        /// <summary>A small server that is hung up on in the middle of its answer sees a broken pipe, with every check.</summary>
        private async LoopTask<bool> ReadOutAsync(Connection connection, long deadline)
        {
            for (var left = MostReadOut; left > 0 && await connection.WaitReadableAsync(deadline) == IoResult.Ready;)
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
