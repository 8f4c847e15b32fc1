using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClusterLb.Testing;

/// <summary>A question as a name server got it.</summary>
/// <param name="Type">Of the record asked for; 1 = A, 28 = AAAA, 33 = SRV.</param>
/// <param name="Port">That it came from.</param>
/// <param name="Room">Bytes that the asker takes by UDP; null = it did not say.</param>
public sealed record NameQuestion(string Name, int Type, int Port, bool IsTcp, int? Room);

/// <summary>A record, with its data as it is sent.</summary>
public sealed record NameRecord(string Name, int Type, int TimeToLive, byte[] Data)
{
    /// <summary>A or AAAA.</summary>
    public static NameRecord Address(string name, string address, int timeToLive = 0)
    {
        var data = IPAddress.Parse(address).GetAddressBytes();
        return new NameRecord(name, data.Length == 4 ? 1 : 28, timeToLive, data);
    }

    public static NameRecord Alias(string name, string target, int timeToLive = 0) =>
        new(name, 5, timeToLive, ScriptedNameServer.Encode(target));

    public static NameRecord Service(string name, string target, int port, int priority = 0, int weight = 0, int timeToLive = 0)
    {
        var numbers = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(numbers, (ushort)priority);
        BinaryPrimitives.WriteUInt16BigEndian(numbers.AsSpan(2), (ushort)weight);
        BinaryPrimitives.WriteUInt16BigEndian(numbers.AsSpan(4), (ushort)port);
        return new NameRecord(name, 33, timeToLive, [.. numbers, .. ScriptedNameServer.Encode(target)]);
    }
}

/// <summary>What a name server does with a question.</summary>
public sealed record NameReply(params NameRecord[] Records)
{
    /// <summary>0 = no error, 2 = SERVFAIL, 3 = NXDOMAIN, 5 = REFUSED.</summary>
    public int Code { get; init; }

    /// <summary>By UDP only the first part fits; by TCP all of it.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Nothing is sent.</summary>
    public bool IsSilent { get; init; }

    /// <summary>It answers somebody else's question; null = the one that was asked.</summary>
    public string? OfName { get; init; }

    /// <summary>Its number is another one than that of the question.</summary>
    public bool HasOtherNumber { get; init; }

    /// <summary>Sent in place of all that; null = nothing is.</summary>
    public byte[]? Bytes { get; init; }
}

/// <summary>
/// A name server on loopback, over UDP and TCP, that does what a test says: its records come and go, it fails, is silent, lies, sends what
/// does not fit.
/// </summary>
public sealed class ScriptedNameServer : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly ConcurrentQueue<NameQuestion> _questions = new();
    private volatile Func<NameQuestion, NameReply> _script = _ => new NameReply { Code = 3 };

    private ScriptedNameServer()
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        _udp = new UdpClient(EndPoint);
        _tcp = new TcpListener(EndPoint);
        _tcp.Start();
        _ = ServeDatagramsAsync();
        _ = ServeStreamsAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>All that came, in order.</summary>
    public IReadOnlyCollection<NameQuestion> Questions => _questions;

    /// <summary>What is done with a question from now on.</summary>
    public Func<NameQuestion, NameReply> Script
    {
        get => _script;
        set => _script = value;
    }

    public static ScriptedNameServer Start(params NameRecord[] records)
    {
        var server = new ScriptedNameServer();
        server.Change(records);
        return server;
    }

    /// <summary>These are all records there are, and it tells them as it should.</summary>
    public void Change(params NameRecord[] records) => Script = question =>
    {
        var ofName = records.Where(record => IsSame(record.Name, question.Name)).ToArray();
        return ofName.Length == 0
            ? new NameReply { Code = 3 }
            : new NameReply([.. ofName.Where(record => record.Type == question.Type || record.Type == 5)]);
    };

    public void Dispose()
    {
        _stop.Cancel();
        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
    }

    internal static byte[] Encode(string name) =>
    [
        .. name.Split('.', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]),
        0,
    ];

    private static bool IsSame(string one, string other) => one.TrimEnd('.').Equals(other.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    private async Task ServeDatagramsAsync()
    {
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveAsync(_stop.Token);
                if (Answer(received.Buffer, received.RemoteEndPoint.Port, isTcp: false) is { } reply)
                    await _udp.SendAsync(reply, received.RemoteEndPoint, _stop.Token);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeStreamsAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _tcp.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var length = new byte[2];
                while (true)
                {
                    await stream.ReadExactlyAsync(length, _stop.Token);
                    var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                    await stream.ReadExactlyAsync(query, _stop.Token);
                    if (Answer(query, ((IPEndPoint)client.Client.RemoteEndPoint!).Port, isTcp: true) is not { } reply) continue;
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)reply.Length);
                    await stream.WriteAsync((byte[])[.. length, .. reply], _stop.Token);
                }
            }
            catch (Exception end) when (end is OperationCanceledException or IOException or ObjectDisposedException)
            {
                // Who asked has gone.
            }
        }
    }

    private byte[]? Answer(byte[] query, int port, bool isTcp)
    {
        var at = 12;
        var labels = new List<string>();
        for (; query[at] != 0; at += query[at] + 1) labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        at++;
        var type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at));
        // Of the record that follows the question: a root name, type OPT, and the room where others have a class.
        int? room = query.Length > at + 8 && query[at + 4] == 0 && query[at + 6] == 41
            ? BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 7))
            : null;
        var question = new NameQuestion(string.Join('.', labels), type, port, isTcp, room);
        _questions.Enqueue(question);
        var reply = _script(question);
        if (reply.IsSilent) return null;
        return reply.Bytes ?? Write(query, question, reply, isCut: reply.IsTruncated && !isTcp);
    }

    private static byte[] Write(byte[] query, NameQuestion question, NameReply reply, bool isCut)
    {
        var records = isCut ? [] : reply.Records;
        var header = new byte[12];
        query.AsSpan(0, 2).CopyTo(header);
        if (reply.HasOtherNumber) header[0] ^= 0xFF;
        header[2] = (byte)(0x85 | (isCut ? 2 : 0));
        header[3] = (byte)(0x80 | reply.Code);
        header[5] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)records.Length);
        var message = new List<byte>(header);
        message.AddRange(Encode(reply.OfName ?? question.Name));
        message.AddRange([(byte)(question.Type >> 8), (byte)question.Type, 0, 1]);
        foreach (var record in records)
        {
            message.AddRange(Encode(record.Name));
            message.AddRange([(byte)(record.Type >> 8), (byte)record.Type, 0, 1]);
            var ttl = record.TimeToLive;
            message.AddRange([(byte)(ttl >> 24), (byte)(ttl >> 16), (byte)(ttl >> 8), (byte)ttl]);
            message.AddRange([(byte)(record.Data.Length >> 8), (byte)record.Data.Length, .. record.Data]);
        }

        return [.. message];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"name server at {EndPoint}");
}
