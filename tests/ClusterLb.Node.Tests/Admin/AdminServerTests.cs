using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Admin;

/// <summary>The admin port as a stranger with a raw socket meets it.</summary>
public sealed class AdminServerTests : IAsyncLifetime
{
    private static readonly IPEndPoint s_nobody = new(IPAddress.Loopback, 1);

    private TestAdmin _admin = null!;
    private IPEndPoint _port = null!;

    public async Task InitializeAsync()
    {
        _admin = await TestAdmin.StartAsync(Configs.PoolOf(s_nobody), token: "correct-horse-battery");
        _port = new IPEndPoint(IPAddress.Loopback, new Uri(_admin.Url).Port);
    }

    public async Task DisposeAsync() => await _admin.DisposeAsync();

    [Fact]
    public async Task However_many_hoard_connections_an_operator_at_the_same_address_is_answered()
    {
        var hoard = new List<Socket>();
        try
        {
            for (var i = 0; i < 500; i++) hoard.Add(await TryConnectAsync());

            await Eventually.Is(async () => await AskAsync("/readyz") == HttpStatusCode.OK);
            // Who was put out is counted until it is gone.
            await Eventually.Is(async () => await OpenAsync() is >= 1 and <= 64);
            await Eventually.Is(() => hoard.Count(IsClosed) >= 500 - 64);
        }
        finally
        {
            foreach (var socket in hoard) socket.Dispose();
        }
    }

    [Fact]
    public async Task Who_does_not_take_its_answers_keeps_nobody_out()
    {
        var requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 200)));
        var mute = new List<Socket>();
        try
        {
            for (var i = 0; i < 64; i++) mute.Add(await TryConnectAsync(requests));

            await Eventually.Is(async () => await AskAsync("/readyz") == HttpStatusCode.OK);
        }
        finally
        {
            foreach (var socket in mute) socket.Dispose();
        }
    }

    [Fact]
    public async Task Who_has_to_make_room_in_the_middle_of_its_request_is_no_bug()
    {
        var request = "POST /api/v1/pools/app/backends/b0/state HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"u8.ToArray();
        var slow = new List<Socket>();
        try
        {
            await Eventually.Is(async () =>
            {
                slow.Add(await TryConnectAsync(request));
                return await MetricAsync("clusterlb_admin_displaced_total") >= 8;
            });

            Assert.Empty(_admin.Log.Written);
        }
        finally
        {
            foreach (var socket in slow) socket.Dispose();
        }
    }

    [Fact]
    public async Task A_connection_that_ends_gives_its_place_back()
    {
        for (var i = 0; i < 200; i++)
        {
            using var socket = await ConnectAsync();
            await socket.SendAsync("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            Assert.StartsWith("HTTP/1.1 200", await ReadToEndAsync(socket), StringComparison.Ordinal);
        }

        await Eventually.Is(async () => await OpenAsync() <= 2);
    }

    [Theory]
    [InlineData("GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ")]
    [InlineData("GET /")]
    public async Task A_head_that_does_not_end_is_ended(string beginning)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(beginning));

        Assert.DoesNotContain("200", await ReadToEndAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_is_too_large_is_refused_and_no_page_for_developers_is_shown()
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: {new string('a', 20_000)}\r\n\r\n"));

        Assert.StartsWith("HTTP/1.1 431", await ReadToEndAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_one_after_another()
    {
        using var socket = await ConnectAsync();
        var requests = string.Concat(Enumerable.Repeat("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 50));
        await socket.SendAsync(Encoding.ASCII.GetBytes(requests + "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));

        Assert.Equal(51, (await ReadToEndAsync(socket)).Split("alive\n").Length - 1);
    }

    private async Task<HttpStatusCode> AskAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_admin.Url) };
        try
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
            return response.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException)
        {
            return HttpStatusCode.ServiceUnavailable;
        }
    }

    private Task<int> OpenAsync() => MetricAsync("clusterlb_admin_connections");

    private async Task<int> MetricAsync(string name)
    {
        var metrics = await _admin.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var line = metrics.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_port);
        return socket;
    }

    /// <summary>Who is reset may learn so before the connection is made.</summary>
    private async Task<Socket> TryConnectAsync(byte[]? requests = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_port);
            if (requests is not null) await socket.SendAsync(requests);
        }
        catch (SocketException)
        {
            socket.Close();
        }

        return socket;
    }

    private static bool IsClosed(Socket socket)
    {
        try
        {
            return !socket.Connected || socket.Poll(0, SelectMode.SelectRead) && socket.Receive(new byte[1], SocketFlags.Peek) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, patience.Token) is var received and > 0)
                text.Append(Encoding.ASCII.GetString(buffer, 0, received));
        }
        catch (SocketException)
        {
            // Reset: whoever was slow or full of itself is let go without ceremony.
        }

        return text.ToString();
    }
}
