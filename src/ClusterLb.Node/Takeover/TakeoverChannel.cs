using System.Net.Sockets;
using ClusterLb.ControlPlane.Hosting;

namespace ClusterLb.Node.Takeover;

/// <summary>A connection between two processes of one node: messages, what one knows, and sockets. Used by one thread at a time.</summary>
/// <param name="socket">Connected; its own from here on.</param>
/// <param name="peer">At the other end; likewise.</param>
internal sealed class TakeoverChannel(Socket socket, IPeerProcess peer, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    private readonly Queue<Socket> _received = new();

    /// <summary>Who is at the other end.</summary>
    public IPeerProcess Peer => peer;

    /// <summary>Whoever is gone hears nothing: it shows when an answer is waited for.</summary>
    public Task SendAsync(TakeoverMessage message, CancellationToken cancellation) =>
        SendAsync(TakeoverFrame.Write(message), cancellation);

    /// <inheritdoc cref="SendAsync(TakeoverMessage, CancellationToken)"/>
    public Task SendAsync(KnowledgePart part, CancellationToken cancellation) => SendAsync(TakeoverFrame.Write(part), cancellation);

    /// <summary>The sender keeps them, too.</summary>
    /// <exception cref="SocketException">The other end is gone.</exception>
    public async Task SendAsync(IReadOnlyList<HandedSocket> sockets, CancellationToken cancellation)
    {
        foreach (var some in sockets.Chunk(SocketsGiven.Most))
        {
            ReadOnlyMemory<byte> frame = TakeoverFrame.Write(new SocketsGiven([.. some.Select(one => one.What)]));
            var descriptors = some.Select(one => one.Socket).ToList();
            int sent;
            while ((sent = DescriptorPassing.Send(socket, frame.Span, descriptors)) < 0) await Task.Delay(s_pause, time, cancellation);
            await SendAsync(frame[sent..], cancellation);
        }
    }

    /// <summary>Null = the other end is gone.</summary>
    /// <exception cref="TakeoverException">Nobody of ours is there.</exception>
    public async Task<TakeoverFrame?> ReceiveAsync(CancellationToken cancellation)
    {
        try
        {
            var head = new byte[TakeoverFrame.HeadBytes];
            if (!await FillAsync(head, cancellation)) return null;
            var body = new byte[TakeoverFrame.LengthOf(head)];
            return await FillAsync(body, cancellation) ? TakeoverFrame.Read(head[^1], body) : null;
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.TooManyOpenSockets)
        {
            throw new TakeoverException("there are not enough file descriptors for the sockets of the other process (ulimit -n)");
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>The next message of this type; what comes before it is passed over.</summary>
    /// <param name="onKnowledge">Gets what is told meanwhile.</param>
    /// <param name="onSockets">Gets sockets that are given meanwhile.</param>
    /// <returns>Null = the other end is gone.</returns>
    /// <exception cref="TakeoverException">It will not, or nobody of ours is there.</exception>
    public async Task<T?> ReceiveAsync<T>(
        CancellationToken cancellation, Action<KnowledgePart>? onKnowledge = null, Action<IReadOnlyList<HandedSocket>>? onSockets = null)
        where T : TakeoverMessage
    {
        while (await ReceiveAsync(cancellation) is { } frame)
        {
            if (frame.Knowledge is { } part) onKnowledge?.Invoke(part);
            if (frame.Message is Refusal refusal) throw new TakeoverException(refusal.Why);
            if (frame.Message is SocketsGiven given) onSockets?.Invoke(Take(given));
            if (frame.Message is T wanted) return wanted;
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var unclaimed in _received) unclaimed.Dispose();
        socket.Dispose();
        peer.Dispose();
    }

    private IReadOnlyList<HandedSocket> Take(SocketsGiven given) =>
    [
        .. given.Sockets.Select(what =>
            new HandedSocket(what, _received.TryDequeue(out var one) ? one : throw TakeoverException.Foreign())),
    ];

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellation)..];
        }
        catch (SocketException)
        {
            // It is gone.
        }
    }

    private async Task<bool> FillAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (buffer.Length > 0)
        {
            // Nothing is received by it: it waits until there is something.
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellation);
            var got = DescriptorPassing.Receive(socket, buffer.Span, _received);
            if (got == 0) return false;
            if (got > 0) buffer = buffer[got..];
        }

        return true;
    }
}
