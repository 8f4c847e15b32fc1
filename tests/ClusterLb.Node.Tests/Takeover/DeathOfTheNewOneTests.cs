using System.Net.Sockets;
using System.Net;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Takeover;
using ClusterLb.Node.Tests.Dns.Serving;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>The new process ends at every moment at which it can: the running one goes on, and nobody who asks notices.</summary>
public sealed class DeathOfTheNewOneTests
{
    private const int Phases = 7;

    [Fact]
    public async Task Nobody_is_refused_or_reset_whenever_it_dies()
    {
        await using var node = await TakenNode.StartAsync();
        await using var load = SteadyLoad.On(node, each: 2);
        await Eventually.Is(() => load.Served > 20);
        for (var phase = 0; phase < Phases; phase++)
        {
            var word = phase > 4 ? " is back: " : " stays: ";
            var before = CountOf(word, node.Process.Errors);
            using (var dying = await ScriptedPeer.ConnectAsync(node.Socket)) await ComeToAsync(phase, dying);

            await Eventually.Is(() => CountOf(word, node.Process.Errors) > before);
            var served = load.Served;
            await Eventually.Is(() => load.Served > served + 100);
            Assert.True(load.Failures.Count == 0, $"phase {phase}: {string.Join("; ", load.Failures)}");
        }

        await TakenNode.FollowedAsync(node.Process, node.Follow());
        await load.StopAsync();
        Assert.Empty(load.Failures);
        Assert.Equal(HttpStatusCode.OK, await node.AskAsync());
    }

    [Fact]
    public async Task A_real_one_may_be_killed_at_any_moment()
    {
        await using var node = await TakenNode.StartAsync();
        var running = node.Process;
        for (var turn = 0; turn < 6; turn++)
        {
            var heard = TakenNode.Beginnings(running);
            var dying = node.Follow();
            await node.PassAsync(running, heard, turn);
            dying.Signal(NodeProcess.SIGKILL);
            await dying.ExitCodeAsync();
            if (dying.Errors.Contains("has the place of process", StringComparison.Ordinal)) break;
            await Eventually.Is(() => TryAskAsync(node));
            Assert.False(running.HasEnded, running.Errors);
        }
    }

    [Fact]
    public async Task A_port_that_it_had_no_use_for_is_answered_at_again()
    {
        var names = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        await using var node = await TakenNode.StartAsync(
            "--set", "dns.zone=lb.test", "--set", $"dns.bind={names}", "--set", "dns.advertise=[127.0.0.1]");
        using (var dying = await ScriptedPeer.ConnectAsync(node.Socket))
        {
            await dying.SayAsync(new Hello("lb1", "9.9.9"));
            Assert.NotNull(await dying.HearAsync<Told>());
            // Not the last two, for UDP and TCP.
            Assert.Equal(7, dying.Sockets.Count);
            await dying.SayAsync(new Ready([.. Enumerable.Range(0, 5)]));
            Assert.NotNull(await dying.HearAsync<Serve>());
            await dying.SayAsync(new Serving());
            Assert.NotNull(await dying.HearAsync<Left>());
        }

        await Eventually.Is(() => node.Process.Errors.Contains(" is back: ", StringComparison.Ordinal));
        Assert.NotNull(await NameClient.AskAsync(names, "lb.test", RecordType.SOA));
    }

    [Fact]
    public async Task Who_says_nothing_of_ours_changes_nothing()
    {
        await using var node = await TakenNode.StartAsync();
        using (var stranger = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await stranger.ConnectAsync(new UnixDomainSocketEndPoint(node.Socket));
            await stranger.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            await Eventually.Is(() => node.Process.Errors.Contains("is no clusterlb", StringComparison.Ordinal));
        }

        await TakenNode.FollowedAsync(node.Process, node.Follow());
    }

    private static int CountOf(string word, string text) => text.Split(word).Length - 1;

    private static async Task ComeToAsync(int phase, ScriptedPeer dying)
    {
        if (phase == 0) return;
        await dying.SayAsync(new Hello("lb1", "9.9.9"));
        if (phase == 1) return;
        Assert.NotNull(await dying.HearAsync<Told>());
        // Two loops with two listeners, and the admin port.
        Assert.Equal(5, dying.Sockets.Count);
        if (phase == 2) return;
        await dying.SayAsync(new Ready([.. Enumerable.Range(0, 5)]));
        if (phase == 3) return;
        Assert.NotNull(await dying.HearAsync<Serve>());
        if (phase == 4) return;
        await dying.SayAsync(new Serving());
        if (phase == 5) return;
        Assert.NotNull(await dying.HearAsync<Left>());
    }

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
