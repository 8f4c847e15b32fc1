using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClusterLb.Testing;

/// <summary>A response as a client received it.</summary>
public sealed record RawResponse(int Status, string Head, string Body)
{
    public string? Field(string name) => StrictReader.Field(Head, name);
}

/// <summary>A client on a raw socket: sends what it is told, reads strictly, and gives up loudly after a while.</summary>
public sealed class RawClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly StrictReader _reader;

    private RawClient() => _reader = new StrictReader(_socket);

    /// <summary>True when the other end has reset the connection, even after its FIN; says so once.</summary>
    public bool WasReset => (int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0;

    public ICollection<string> Trailers => _reader.Trailers;

    public static Task<RawClient> ConnectAsync(IPEndPoint endPoint) => ConnectAsync(endPoint, IPAddress.Any);

    /// <param name="endPoint">Where to.</param>
    /// <param name="from">One of this machine's addresses: each is another client.</param>
    public static async Task<RawClient> ConnectAsync(IPEndPoint endPoint, IPAddress from)
    {
        var client = new RawClient();
        if (!from.Equals(IPAddress.Any)) client._socket.Bind(new IPEndPoint(from, 0));
        using var patience = new CancellationTokenSource(s_patience);
        await client._socket.ConnectAsync(endPoint, patience.Token);
        return client;
    }

    /// <summary>Sends text as Latin-1, byte for byte.</summary>
    public async Task SendAsync(string bytes) => await _socket.SendAsync(Encoding.Latin1.GetBytes(bytes));

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends with RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <param name="method">Of the request that is answered: a response to HEAD has no body.</param>
    public async Task<RawResponse> ReadAsync(string method = "GET")
    {
        using var patience = new CancellationTokenSource(s_patience);
        var head = await _reader.ReadHeadAsync(patience.Token) ?? throw new FormatException("closed instead of a response");
        var status = int.Parse(head.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        var hasNoBody = method == "HEAD" || status is < 200 or 204 or 304;
        var isDelimited = StrictReader.Field(head, "Content-Length") is not null
            || StrictReader.Field(head, "Transfer-Encoding") is not null;
        var body = hasNoBody
            ? ""
            : isDelimited ? await _reader.ReadBodyAsync(head, patience.Token) : await _reader.ReadToEndAsync(patience.Token);
        return new RawResponse(status, head, body);
    }

    public async Task<string> ReadExactlyAsync(int length)
    {
        using var patience = new CancellationTokenSource(s_patience);
        return await _reader.ReadExactlyAsync(length, patience.Token);
    }

    /// <summary>Everything up to the end of the connection; a reset is an end too.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            return await _reader.ReadToEndAsync(patience.Token);
        }
        catch (SocketException)
        {
            return _reader.Buffered;
        }
    }

    /// <summary>Everything up to an orderly end of the connection.</summary>
    /// <exception cref="SocketException">It was reset.</exception>
    public async Task<string> ReadToFinAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        return await _reader.ReadToEndAsync(patience.Token);
    }

    /// <summary>True when the connection ends without another byte.</summary>
    public async Task<bool> IsClosedAsync() => await ReadToEndAsync() == "";

    public void Dispose() => _socket.Dispose();
}
