using Peers.Native;

namespace Peers.Load;

/// <summary>Hears how each request of a connection ended.</summary>
internal interface IRequestSource
{
    void Answered(ClientConnection connection, long bodyBytes);

    void Failed(ClientConnection connection, string reason);
}

/// <summary>One client connection with at most one request under way.</summary>
internal sealed class ClientConnection(Reactor reactor, LoadConfig config, byte[] head, byte[] body, IRequestSource source) : IReady
{
    private const int NotOpen = -1;
    private int _fd = NotOpen;
    private bool _connecting;
    private bool _waiting;
    private long _toSend;
    private long _bodyLeft;
    private long _bodyLength;
    private byte[] _partialHead = [];

    /// <summary>When the request under way was due, of <see cref="Reactor.Now"/>.</summary>
    public long Due { get; private set; }

    public void Request(long due)
    {
        Due = due;
        _waiting = true;
        _toSend = head.Length + config.Body;
        _bodyLength = -1;
        _partialHead = [];
        if (_fd == NotOpen)
        {
            Open();
        }
        else
        {
            Send();
        }
    }

    public void Ready()
    {
        if (_connecting)
        {
            _connecting = false;
            if (Libc.ConnectError(_fd) is var error and not 0)
            {
                Fail($"connect: errno {error}");
                return;
            }
        }

        Send();
        Receive();
    }

    private void Open()
    {
        _fd = Libc.OpenSocket();
        Libc.NoDelay(_fd);
        _connecting = true;
        if (Libc.Connect(_fd, config.Port))
        {
            reactor.Watch(_fd, this);
        }
        else
        {
            Fail($"connect: errno {Libc.LastError}");
        }
    }

    private void Send()
    {
        while (_toSend > 0 && _fd != NotOpen)
        {
            var sent = Libc.Send(_fd, NextToSend());
            if (sent < 0)
            {
                if (Libc.LastError != Libc.WouldBlock)
                {
                    Fail($"send: errno {Libc.LastError}");
                }

                return;
            }

            _toSend -= sent;
        }
    }

    private ReadOnlySpan<byte> NextToSend() => _toSend > config.Body
        ? head.AsSpan((int)(head.Length + config.Body - _toSend))
        : body.AsSpan(0, (int)Math.Min(body.Length, _toSend));

    private void Receive()
    {
        while (_fd != NotOpen)
        {
            var received = _bodyLength < 0 ? Libc.Receive(_fd, reactor.Scratch) : Libc.Discard(_fd, Math.Max(1, _bodyLeft));
            if (received < 0)
            {
                if (Libc.LastError != Libc.WouldBlock)
                {
                    Fail($"receive: errno {Libc.LastError}");
                }

                return;
            }

            if (received == 0)
            {
                Ended();
                return;
            }

            if (!Took(received))
            {
                return;
            }
        }
    }

    /// <summary>False when there is nothing more to read for now.</summary>
    private bool Took(nint received)
    {
        if (!_waiting)
        {
            Fail("bytes that nobody asked for");
            return false;
        }

        if (_bodyLength >= 0)
        {
            _bodyLeft -= received;
        }
        else if (!ReadHead(reactor.Scratch.AsSpan(0, (int)received)))
        {
            return _fd != NotOpen;
        }

        if (_bodyLeft > 0 || config.Mode == LoadMode.Close)
        {
            return true;
        }

        if (_bodyLeft < 0)
        {
            Fail("more body than announced");
            return false;
        }

        _waiting = false;
        source.Answered(this, _bodyLength + config.Body);
        return false;
    }

    private bool ReadHead(ReadOnlySpan<byte> bytes)
    {
        if (_partialHead.Length > 0)
        {
            _partialHead = [.. _partialHead, .. bytes];
            bytes = _partialHead;
        }

        var length = HttpHead.Length(bytes);
        if (length == 0)
        {
            _partialHead = bytes.ToArray();
            return false;
        }

        if (!bytes.StartsWith("HTTP/1.1 200"u8))
        {
            Fail("answer: " + System.Text.Encoding.ASCII.GetString(bytes[..Math.Min(40, bytes.IndexOf((byte)'\r'))]));
            return false;
        }

        _bodyLength = HttpHead.ContentLength(bytes[..length]);
        if (_bodyLength < 0)
        {
            Fail("answer without Content-Length");
            return false;
        }

        _bodyLeft = _bodyLength - (bytes.Length - length);
        return true;
    }

    /// <summary>The peer closed: the proper end of a request with its own connection, and of nothing else.</summary>
    private void Ended()
    {
        if (config.Mode != LoadMode.Close || _bodyLength < 0 || _bodyLeft != 0)
        {
            Fail("closed early");
            return;
        }

        Drop();
        source.Answered(this, _bodyLength + config.Body);
    }

    private void Fail(string reason)
    {
        Drop();
        source.Failed(this, reason);
    }

    private void Drop()
    {
        _waiting = false;
        _connecting = false;
        _toSend = 0;
        reactor.Close(_fd);
        _fd = NotOpen;
    }
}
