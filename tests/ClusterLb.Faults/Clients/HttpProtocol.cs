using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Clients;

/// <summary>HTTP/1.1 over kept-alive connections. Unlike HttpClient's, a request is never sent again unasked.</summary>
internal sealed class HttpProtocol : IProtocol
{
    public string? Method => null;

    public async Task<IConnection> ConnectAsync(IPEndPoint from, IPEndPoint to, CancellationToken patience) =>
        new Connection(await Sockets.ConnectAsync(from, to, patience));

    private sealed class Connection(Socket socket) : IConnection
    {
        private byte[] _buffer = new byte[4_096];
        private bool _isKept = true;

        public bool IsUsable => _isKept && !Sockets.IsOver(socket);

        public void Dispose() => socket.Dispose();

        public async Task<Answer> AskAsync(Question question, CancellationToken patience)
        {
            var filled = 0;
            _isKept = false;
            try
            {
                await Sockets.SendAllAsync(socket, Encoding.Latin1.GetBytes(HeadOf(question)), patience);
                var (end, needed) = (-1, int.MaxValue);
                while (filled < needed)
                {
                    if (filled == _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, end < 0 ? 0 : needed));
                    var received = await socket.ReceiveAsync(_buffer.AsMemory(filled), patience);
                    if (received == 0) return new Answer(filled == 0 ? Failure.Broken : Failure.Truncated);
                    filled += received;
                    if (end < 0 && (end = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) >= 0) needed = end + 4 + LengthIn(end);
                }

                return Read(question, end, filled);
            }
            catch (SocketException)
            {
                return new Answer(filled == 0 ? Failure.Broken : Failure.Truncated);
            }
            catch (OperationCanceledException)
            {
                return new Answer(Failure.TimedOut);
            }
        }

        private static string HeadOf(Question question)
        {
            var body = question.Method == "GET" ? "" : "x";
            var session = question.Session is { } user ? string.Create(CultureInfo.InvariantCulture, $"X-User: user-{user}\r\n") : "";
            var length = body.Length > 0 ? "Content-Length: 1\r\n" : "";
            return string.Create(CultureInfo.InvariantCulture,
                $"{question.Method} {question.Id} HTTP/1.1\r\nHost: faults.test\r\n{session}{length}Cookie: JSESSIONID=none\r\n"
                    + $"X-Work: {Question.Work}\r\nX-Bytes: {question.Bytes}\r\n\r\n{body}");
        }

        private int LengthIn(int end)
        {
            var head = Encoding.Latin1.GetString(_buffer, 0, end);
            var at = head.IndexOf("\r\nContent-Length:", StringComparison.OrdinalIgnoreCase);
            return at < 0 ? 0 : int.Parse(head.AsSpan(at + 17).ToString().Split('\r')[0], CultureInfo.InvariantCulture);
        }

        private Answer Read(Question question, int end, int filled)
        {
            var head = Encoding.Latin1.GetString(_buffer, 0, end);
            var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
            _isKept = !head.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase) && filled <= end + 4 + LengthIn(end);
            if (status != 200) return new Answer(FailureOf(status), status);
            var body = _buffer.AsSpan(end + 4, filled - end - 4);
            var line = body.IndexOf((byte)'\n') is var at && at < 0 ? body : body[..at];
            var rest = at < 0 ? [] : body[(at + 1)..];
            var isIntact = rest.Length == question.Bytes && rest.IndexOfAnyExcept(Stamp.LetterOf(question.Id)) < 0;
            return new Answer(Failure.None, status, Stamp.Parse(Encoding.Latin1.GetString(line)), isIntact);
        }

        private static Failure FailureOf(int status) => status switch
        {
            502 => Failure.BadGateway,
            503 => Failure.Unavailable,
            504 => Failure.GatewayTimeout,
            _ => Failure.Odd,
        };
    }
}
