using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Dns.Serving;

/// <summary>One connection over TCP: messages after their lengths in two bytes (RFC 1035, section 4.2.2).</summary>
internal sealed class StreamConnection(Socket socket, Responder responder, DnsCounts counts, TimeSpan idle, TimeProvider time)
{
    /// <summary>Longer ones are no queries.</summary>
    private const int MostQueryBytes = 4_096;

    private const int LengthBytes = 2;

    private readonly byte[] _client = AddressOf(socket);
    private readonly byte[] _query = new byte[LengthBytes + MostQueryBytes];
    private long _heardAt = time.GetTimestamp();

    /// <summary>When its last whole query came, monotonic.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>Until either side has had enough. Throws nothing but bugs.</summary>
    public async Task ServeAsync(CancellationToken stop)
    {
        try
        {
            using var patience = new CancellationTokenSource(idle, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
            while (await ReadAsync(end.Token) is var length and > 0 && await AnswerAsync(length, end.Token))
            {
                Volatile.Write(ref _heardAt, time.GetTimestamp());
                patience.CancelAfter(idle);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It was reset, has been silent for too long, or the node ends.
        }
        finally
        {
            socket.Dispose();
        }
    }

    /// <summary>Any thread.</summary>
    public void Close() => socket.Dispose();

    /// <returns>Bytes of the query; 0 = there is none any more.</returns>
    private async Task<int> ReadAsync(CancellationToken end)
    {
        if (!await FillAsync(0, LengthBytes, end)) return 0;
        var length = BinaryPrimitives.ReadUInt16BigEndian(_query);
        if (length is > 0 and <= MostQueryBytes) return await FillAsync(LengthBytes, length, end) ? length : 0;
        counts.AddMalformed();
        return 0;
    }

    private async Task<bool> FillAsync(int at, int bytes, CancellationToken end)
    {
        for (var filled = 0; filled < bytes;)
        {
            var read = await socket.ReceiveAsync(_query.AsMemory(at + filled, bytes - filled), end);
            if (read == 0) return false;
            filled += read;
        }

        return true;
    }

    private async Task<bool> AnswerAsync(int length, CancellationToken end)
    {
        var message = _query.AsMemory(LengthBytes, length);
        if (responder.Transfer(message.Span, _client) is { } messages)
        {
            foreach (var part in messages)
            {
                var framed = new byte[LengthBytes + part.Length];
                part.CopyTo(framed, LengthBytes);
                await SendAsync(framed, part.Length, end);
            }

            return true;
        }

        var response = ArrayPool<byte>.Shared.Rent(LengthBytes + ushort.MaxValue);
        try
        {
            var bytes = responder.AnswerStream(message.Span, _client, response.AsSpan(LengthBytes, ushort.MaxValue));
            if (bytes == 0) return false;
            await SendAsync(response, bytes, end);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(response);
        }
    }

    /// <param name="framed">With room for the length before it.</param>
    /// <param name="bytes">Of the message.</param>
    private async Task SendAsync(byte[] framed, int bytes, CancellationToken end)
    {
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)bytes);
        for (var rest = framed.AsMemory(0, LengthBytes + bytes); rest.Length > 0;)
            rest = rest[await socket.SendAsync(rest, end)..];
    }

    /// <summary>0.0.0.0, which may have nothing, of one that is gone already.</summary>
    private static byte[] AddressOf(Socket socket)
    {
        try
        {
            if (socket.RemoteEndPoint is not IPEndPoint { Address: var address }) return new byte[4];
            return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        }
        catch (SocketException)
        {
            return new byte[4];
        }
    }
}
