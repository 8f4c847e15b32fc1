using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Clients;

/// <summary>Lines over TCP. A connection is not used for more than 2 s, so that no node that leaves has to cut one in use.</summary>
internal sealed class LineProtocol : IProtocol
{
    private static readonly TimeSpan s_life = TimeSpan.FromSeconds(2);

    public string? Method => "LINE";

    public async Task<IConnection> ConnectAsync(IPEndPoint from, IPEndPoint to, CancellationToken patience) =>
        new Connection(await Sockets.ConnectAsync(from, to, patience));

    private sealed class Connection(Socket socket) : IConnection
    {
        private readonly long _began = Stopwatch.GetTimestamp();
        private byte[] _buffer = new byte[1_024];
        private string _peer = "";
        private bool _isWell = true;

        public bool IsUsable => _isWell && Stopwatch.GetElapsedTime(_began) < s_life && !Sockets.IsOver(socket);

        public void Dispose() => socket.Dispose();

        public async Task<Answer> AskAsync(Question question, CancellationToken patience)
        {
            var filled = 0;
            _isWell = false;
            try
            {
                var line = string.Create(CultureInfo.InvariantCulture, $"{question.Id} {Question.Work} {question.Bytes}\n");
                await Sockets.SendAllAsync(socket, Encoding.Latin1.GetBytes(line), patience);
                var end = -1;
                while (end < 0 || filled < end + 1 + question.Bytes)
                {
                    if (filled == _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, end + 1 + question.Bytes));
                    var received = await socket.ReceiveAsync(_buffer.AsMemory(filled), patience);
                    if (received == 0) return new Answer(filled == 0 ? Failure.Broken : Failure.Truncated, Peer: _peer);
                    filled += received;
                    if (end < 0) end = _buffer.AsSpan(0, filled).IndexOf((byte)'\n');
                }

                return Read(question, end, filled);
            }
            catch (SocketException)
            {
                return new Answer(filled == 0 ? Failure.Broken : Failure.Truncated, Peer: _peer);
            }
            catch (OperationCanceledException)
            {
                return new Answer(Failure.TimedOut, Peer: _peer);
            }
        }

        private Answer Read(Question question, int end, int filled)
        {
            var rest = _buffer.AsSpan(end + 1, filled - end - 1);
            var stamp = Stamp.Parse(Encoding.Latin1.GetString(_buffer, 0, end));
            var isIntact = rest.Length == question.Bytes && rest.IndexOfAnyExcept(Stamp.LetterOf(question.Id)) < 0;
            (_isWell, _peer) = (isIntact, stamp?.Backend ?? "");
            return new Answer(Failure.None, 0, stamp, isIntact, _peer);
        }
    }
}
