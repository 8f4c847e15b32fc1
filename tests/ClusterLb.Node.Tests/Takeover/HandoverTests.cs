using System.Net.Sockets;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.Node.Takeover;
using ClusterLb.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>The running node's part, with a node and a clock of the test's.</summary>
public sealed class HandoverTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();
    private readonly TestProcess _process = new();
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"clusterlb-{Guid.NewGuid():N}.sock");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly FakeNode _node = new();
    private readonly CancellationTokenSource _leaving = new();

    [Fact]
    public async Task All_goes_its_way_in_this_order()
    {
        var (peer, handover) = await BeginAsync();
        using var _ = peer;
        await peer.SayAsync(new Hello("lb1", "2"));
        Assert.NotNull(await peer.HearAsync<Told>());
        Assert.Equal(1, peer.Told);
        await peer.SayAsync(new Ready([]));
        Assert.NotNull(await peer.HearAsync<Serve>());
        Assert.Equal(2, peer.Told);
        await peer.SayAsync(new Serving());
        Assert.NotNull(await peer.HearAsync<Left>());
        await peer.SayAsync(new Settled());

        Assert.True(await handover);
        Assert.Equal(["copy", "step back", "leave", $"succeed {Environment.ProcessId}"], _node.Did);
    }

    [Fact]
    public async Task One_that_does_not_get_ready_in_time_is_refused_and_nothing_has_changed()
    {
        var (peer, handover) = await BeginAsync();
        using var _ = peer;
        await peer.SayAsync(new Hello("lb1", "2"));
        Assert.NotNull(await peer.HearAsync<Told>());
        await LapseAsync(handover);

        Assert.False(await handover);
        var refusal = await Assert.ThrowsAsync<TakeoverException>(() => peer.HearAsync<Serve>());
        Assert.Equal("the new process has not got ready in 60 s", refusal.Message);
        Assert.Equal(["copy", "stay"], _node.Did);
        Assert.False(_process.HasEnded);
    }

    [Fact]
    public async Task One_that_does_not_settle_in_time_gives_the_place_back()
    {
        var (peer, handover) = await BeginAsync();
        using var _ = peer;
        await peer.SayAsync(new Hello("lb1", "2"));
        await peer.SayAsync(new Ready([]));
        Assert.NotNull(await peer.HearAsync<Serve>());
        await peer.SayAsync(new Serving());
        Assert.NotNull(await peer.HearAsync<Left>());
        await LapseAsync(handover);

        Assert.False(await handover);
        Assert.True(_process.HasEnded);
        Assert.Equal(["copy", "step back", "leave", "return"], _node.Did);
    }

    [Fact]
    public async Task One_that_was_told_to_serve_and_says_nothing_is_ended_before_this_one_goes_on()
    {
        var (peer, handover) = await BeginAsync();
        using var _ = peer;
        await peer.SayAsync(new Hello("lb1", "2"));
        await peer.SayAsync(new Ready([]));
        Assert.NotNull(await peer.HearAsync<Serve>());
        await LapseAsync(handover);

        Assert.False(await handover);
        Assert.True(_process.HasEnded);
        Assert.Equal(["copy", "stay"], _node.Did);
    }

    [Fact]
    public async Task One_that_does_not_read_is_ended_since_it_cannot_be_refused()
    {
        _node.Knowledge = [.. Enumerable.Repeat(new KnowledgePart("zz1", new byte[100_000]), 50)];
        var (peer, handover) = await BeginAsync();
        using var _ = peer;
        await peer.SayAsync(new Hello("lb1", "2"));
        await Eventually.Is(() => _node.Did.Contains("copy"));
        await LapseAsync(handover);

        Assert.False(await handover);
        Assert.True(_process.HasEnded);
        Assert.Equal(["copy", "stay"], _node.Did);
    }

    [Fact]
    public async Task One_that_has_the_word_to_serve_takes_over_from_a_node_that_is_asked_to_leave()
    {
        var (peer, handover) = await BeginAsync();
        using var _ = peer;
        await peer.SayAsync(new Hello("lb1", "2"));
        await peer.SayAsync(new Ready([]));
        Assert.NotNull(await peer.HearAsync<Serve>());
        await _leaving.CancelAsync();
        await peer.SayAsync(new Serving());
        Assert.NotNull(await peer.HearAsync<Left>());
        await peer.SayAsync(new Settled());

        Assert.True(await handover);
    }

    [Fact]
    public async Task A_node_that_is_asked_to_leave_meanwhile_leaves()
    {
        var (peer, handover) = await BeginAsync();
        using var _ = peer;
        await peer.SayAsync(new Hello("lb1", "2"));
        Assert.NotNull(await peer.HearAsync<Told>());
        await _leaving.CancelAsync();

        Assert.False(await handover);
        var refusal = await Assert.ThrowsAsync<TakeoverException>(() => peer.HearAsync<Serve>());
        Assert.Equal("the running node was asked to leave", refusal.Message);
    }

    [Fact]
    public async Task A_node_that_will_not_says_why()
    {
        _node.Refusal = "the running node is starting";
        var (peer, handover) = await BeginAsync();
        using var _ = peer;
        await peer.SayAsync(new Hello("lb1", "2"));

        var refusal = await Assert.ThrowsAsync<TakeoverException>(() => peer.HearAsync<Told>());
        Assert.Equal("the running node is starting", refusal.Message);
        Assert.False(await handover);
        Assert.Equal(["stay"], _node.Did);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _leaving.Dispose();
        File.Delete(_path);
        await Task.CompletedTask;
    }

    /// <summary>Time goes on until something comes of it.</summary>
    private Task LapseAsync(Task handover) => Eventually.Is(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return handover.IsCompleted;
    });

    private async Task<(ScriptedPeer Peer, Task<bool> Handover)> BeginAsync()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
        var peer = await ScriptedPeer.ConnectAsync(_path);
        var channel = new TakeoverChannel(await _listener.AcceptAsync(), _process, _time);
        return (peer, RunAsync());

        async Task<bool> RunAsync()
        {
            using (channel) return await new Handover(_node, channel, s_patience, _time).RunAsync(_leaving.Token);
        }
    }

    private sealed class FakeNode : IPredecessor
    {
        public List<string> Did { get; } = [];

        public string Name => "lb1";

        public string? Refusal { get; set; }

        public Task<IReadOnlyList<HandedSocket>> CopySocketsAsync() => Do("copy").ContinueWith(
            _ => (IReadOnlyList<HandedSocket>)[], TaskScheduler.Default);

        public IReadOnlyList<KnowledgePart> Knowledge { get; set; } = [new KnowledgePart("zz1", [1])];

        public IEnumerable<KnowledgePart> ReadKnowledge() => Knowledge;

        public IEnumerable<KnowledgePart> ReadLastWords() => [new KnowledgePart("zz2", [2])];

        public void Stay() => Did.Add("stay");

        public Task StepBackAsync(IReadOnlyList<HandedSocket> copies) => Do("step back");

        public Task LeaveClusterAsync() => Do("leave");

        public Task ReturnAsync(IReadOnlyList<HandedSocket> copies) => Do("return");

        public void Succeed(int process) => Did.Add($"succeed {process}");

        public void Announce(string what)
        {
        }

        private Task Do(string what)
        {
            Did.Add(what);
            return Task.CompletedTask;
        }
    }
}
