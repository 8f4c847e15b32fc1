using System.Net;
using System.Net.Sockets;
using ClusterLb.Node.Takeover;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>The running process ends while another one is about to take its place.</summary>
public sealed class DeathOfTheOldOneTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-takeover-").FullName;
    private readonly int _port = FreePorts.Next();
    private readonly RawBackend _backend = RawBackend.Start();
    private readonly HttpClient _http = new();
    private readonly List<MortalListener> _others = [];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Once_the_new_one_has_the_sockets_it_is_the_node_whenever_the_other_dies(int phase)
    {
        using var web = Listen();
        using var process = await MeetAsync(phase, web);
        // Nobody but the new one has it now.
        web.Dispose();

        Assert.Equal("ok", await AskAsync());
        await Eventually.Is(() => process.Errors.Contains("has the place of process", StringComparison.Ordinal));
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Before_it_has_them_it_ends_and_says_so(int phase)
    {
        using var web = Listen();
        using var process = await MeetAsync(phase, web);

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("the running node has ended before it gave its sockets away", process.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task One_that_closes_the_connection_and_lives_is_the_node_still(int phase)
    {
        using var web = Listen();
        using var process = await MeetAsync(phase, web, dies: false);

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("the running node has given this up, and goes on", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_hangs_once_the_new_one_serves_is_ended()
    {
        using var listener = MortalListener.At(SocketPath);
        var time = new FakeTimeProvider();
        var beginning = Succession.BeginAsync(SocketPath, "lb1", time);
        using var hanging = await listener.AcceptAsync();
        await hanging.SayAsync(new Told());
        using var succession = await beginning;
        await hanging.SayAsync(new Serve());
        await succession.GetReadyAsync();
        var serving = succession.ServeAsync();
        Assert.NotNull(await hanging.HearAsync<Serving>());

        await Eventually.Is(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return serving.IsCompleted;
        });

        Assert.False(await serving);
        Assert.True(listener.HasEnded);
    }

    [Fact]
    public async Task What_is_no_node_is_told_from_one()
    {
        using var listener = Listen(SocketPath);
        using var process = Start();
        using var stranger = await listener.AcceptAsync();
        await stranger.SendAsync("220 mail.example.com ESMTP\r\n"u8.ToArray());

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("is no clusterlb", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_refuses_is_believed_at_any_time()
    {
        using var web = Listen();
        using var listener = Listen(SocketPath);
        using var process = Start();
        using var running = await ScriptedPeer.AcceptAsync(listener);
        await GiveAsync(running, web);
        Assert.NotNull(await running.HearAsync<Ready>());
        await running.SayAsync(new Refusal("the running node was asked to leave"));

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("the running node was asked to leave", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_one_may_be_killed_at_any_moment()
    {
        for (var turn = 0; turn < 6; turn++)
        {
            await using var node = await TakenNode.StartAsync();
            var running = node.Process;
            var heard = TakenNode.Beginnings(running);
            var next = node.Follow();
            await node.PassAsync(running, heard, turn);
            running.Signal(NodeProcess.SIGKILL);
            await running.ExitCodeAsync();
            // Too early for it to have anything, or it is the node.
            await Eventually.Is(async () => next.HasEnded || await TryAskAsync(node));
            if (next.HasEnded) Assert.Equal(1, await next.ExitCodeAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var other in _others) other.Dispose();
        await _backend.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A running one that gets as far as this, and dies.</summary>
    /// <param name="dies">Or closes the connection, and lives.</param>
    private async Task<NodeProcess> MeetAsync(int phase, Socket web, bool dies = true)
    {
        var listener = MortalListener.At(SocketPath);
        _others.Add(listener);
        var process = Start();
        using var dying = await listener.AcceptAsync();
        await ComeToAsync(phase, dying, web);
        if (dies) listener.Kill();
        return process;
    }

    private async Task ComeToAsync(int phase, ScriptedPeer dying, Socket web)
    {
        if (phase == 0) return;
        Assert.Equal("lb1", (await dying.HearAsync<Hello>())!.Node);
        if (phase == 1) return;
        await GiveAsync(dying, web);
        if (phase == 2) return;
        Assert.Equal([0], (await dying.HearAsync<Ready>())!.Kept);
        if (phase == 3) return;
        await dying.SayAsync(new Serve());
        if (phase == 4) return;
        Assert.NotNull(await dying.HearAsync<Serving>());
    }

    private async Task GiveAsync(ScriptedPeer running, Socket web)
    {
        await running.GiveAsync(new HandedSocket(
            new GivenSocket(SocketRole.Listener, "web", $"127.0.0.1:{_port}"), web));
        await running.SayAsync(new Told());
    }

    private NodeProcess Start() => NodeProcess.Run(
        [.. NodeProcess.Settings(_port, FreePorts.Next(), _backend.EndPoint), "--set", "node.event-loops=1", "--takeover", SocketPath]);

    private string SocketPath => Path.Combine(_folder, "t.sock");

    private static Socket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }

    private Socket Listen()
    {
        var web = new Socket(SocketType.Stream, ProtocolType.Tcp);
        web.Bind(new IPEndPoint(IPAddress.Loopback, _port));
        web.Listen();
        return web;
    }

    private Task<string> AskAsync() => _http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/"));

    private static async Task<bool> TryAskAsync(TakenNode node)
    {
        try
        {
            return await node.AskAsync() == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
