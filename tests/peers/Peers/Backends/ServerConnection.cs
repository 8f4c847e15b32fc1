using System.Text;
using Peers.Native;

namespace Peers.Backends;

/// <summary>One connection of a proxy to a backend: a request is read to its end, then its body's length is the answer.</summary>
internal sealed class ServerConnection(Reactor reactor, int fd, Station station) : IReady
{
    private byte[] _partialHead = [];
    private long _bodyLength = -1;
    private long _bodyLeft;
    private bool _answering;
    private bool _lastRequest;
    private bool _closed;

    public void Ready()
    {
        while (!_closed && !_answering)
        {
            var received = _bodyLength < 0 ? Libc.Receive(fd, reactor.Scratch) : Libc.Discard(fd, _bodyLeft);
            if (received < 0 && Libc.LastError == Libc.WouldBlock)
            {
                return;
            }

            if (received <= 0)
            {
                Close();
                return;
            }

            if (_bodyLength >= 0)
            {
                _bodyLeft -= received;
            }
            else
            {
                ReadHead(reactor.Scratch.AsSpan(0, (int)received));
            }

            if (_bodyLength >= 0 && _bodyLeft <= 0)
            {
                _answering = true;
                station.Serve(this);
            }
        }
    }

    public void Answer()
    {
        if (_closed)
        {
            return;
        }

        var body = FormattableString.Invariant($"{_bodyLength}");
        var connection = _lastRequest ? "close" : "keep-alive";
        var answer = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: {connection}\r\n\r\n{body}";
        _bodyLength = -1;
        if (Libc.Send(fd, Encoding.ASCII.GetBytes(answer)) != answer.Length || _lastRequest)
        {
            Close();
            return;
        }

        _answering = false;
        // Edges that came while the answer was due are not repeated.
        Ready();
    }

    private void ReadHead(ReadOnlySpan<byte> bytes)
    {
        _partialHead = [.. _partialHead, .. bytes];
        var length = HttpHead.Length(_partialHead);
        if (length == 0)
        {
            return;
        }

        var head = _partialHead.AsSpan(0, length);
        _bodyLength = Math.Max(0, HttpHead.ContentLength(head));
        _bodyLeft = _bodyLength - (_partialHead.Length - length);
        _lastRequest = Encoding.ASCII.GetString(head).Contains("Connection: close", StringComparison.OrdinalIgnoreCase);
        _partialHead = [];
    }

    private void Close()
    {
        _closed = true;
        reactor.Close(fd);
    }
}
