using ClusterLb.ControlPlane.Backends;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Tests.Membership;

/// <summary>
/// Whatever is cut: at most one side decides, nobody stops serving, no verdict changes by silence, and all are one again when it heals.
/// </summary>
public sealed class PartitionTests
{
    [Theory]
    [InlineData("the leader")]
    [InlineData("the monitor")]
    [InlineData("another")]
    public async Task The_side_with_one_node_refuses_commands_keeps_its_table_and_comes_back(string who)
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var monitor = cluster.Nodes.Single(node => node.View.Nodes[0].IsMonitor);
        var leader = cluster.Nodes.MinBy(node => node.Port)!;
        var alone = who switch
        {
            "the leader" => leader,
            "the monitor" => monitor,
            _ => cluster.Nodes.First(node => node != leader && node != monitor)
        };
        var majority = cluster.Nodes.Except([alone]).ToArray();
        await using var terms = new Watch(cluster);

        await TestCluster.CutAsync([alone], majority);
        await Patience.Until(() => alone.View.Refusal.Length > 0);
        Assert.NotEqual("", (await alone.AskAsync(new MaintainBackend("app/b1"))).Refusal);
        await cluster.WholeAsync(majority);
        Assert.Equal("", (await majority[0].AskAsync(new MaintainBackend("app/b3"))).Refusal);
        Assert.Equal([EffectiveState.Up, EffectiveState.Up], alone.Pool.Members.Take(2).Select(backend => backend.Effective));

        await cluster.HealAsync();
        await cluster.WholeAsync();
        await Patience.Until(() => alone.StateOf("b3") == EffectiveState.Maintenance);
        await terms.AssertNoneWentBackAsync();
    }

    [Fact]
    public async Task A_node_that_hears_but_is_not_heard_does_not_stop_the_others()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var terms = new Watch(cluster);
        var (mute, majority) = (cluster.Nodes[2], cluster.Nodes.Take(2).ToArray());

        await TestCluster.CutOneWayAsync([mute], majority);
        await cluster.WholeAsync(majority);

        await cluster.HealAsync();
        await cluster.WholeAsync();
        await terms.AssertNoneWentBackAsync();
    }

    [Fact]
    public async Task A_network_that_comes_and_goes_leaves_one_cluster()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var terms = new Watch(cluster);
        for (var round = 0; round < 4; round++)
        {
            await TestCluster.CutAsync([cluster.Nodes[round % 3]], cluster.Nodes.Except([cluster.Nodes[round % 3]]));
            await Patience.Until(() => cluster.Nodes.Any(node => node.View.Nodes.Any(other => !other.IsReachable))
                || cluster.Nodes.Any(node => node.UpMembers != 3));
            await cluster.HealAsync();
        }

        await cluster.WholeAsync();
        Assert.All(cluster.Nodes, node => Assert.All(node.Pool.Members, backend => Assert.Equal(EffectiveState.Up, backend.Effective)));
        await terms.AssertNoneWentBackAsync();
    }

    /// <summary>No node ever goes by an older word than one it has gone by.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly TestCluster _cluster;
        private readonly List<string> _regressions = [];
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _watching;

        public Watch(TestCluster cluster)
        {
            _cluster = cluster;
            _watching = Task.Run(WatchAsync);
        }

        public async Task AssertNoneWentBackAsync()
        {
            await _stop.CancelAsync();
            await _watching;
            Assert.Empty(_regressions);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _watching;
            _stop.Dispose();
        }

        private async Task WatchAsync()
        {
            var last = _cluster.Nodes.ToDictionary(node => node, node => node.Memory.Health.LastSnapshot);
            while (!_stop.IsCancellationRequested)
            {
                foreach (var node in _cluster.Nodes)
                {
                    var now = node.Memory.Health.LastSnapshot;
                    if (last[node].IsNewerThan(now))
                        _regressions.Add($"{node.Name}: {last[node].Term}.{last[node].Sequence} -> {now.Term}.{now.Sequence}");
                    last[node] = now;
                }

                await Task.Delay(5);
            }
        }
    }
}
