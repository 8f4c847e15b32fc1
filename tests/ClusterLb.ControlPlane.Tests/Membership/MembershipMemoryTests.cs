using Akka.Actor;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.ControlPlane.Tests.Membership;

/// <summary>What is remembered of seeds that are no members.</summary>
public sealed class MembershipMemoryTests
{
    private static readonly Address s_lb2 = new("akka.cluster-port", "clusterlb", "10.0.0.2", 4053);
    private static readonly NodeAddress[] s_seeds = [new("10.0.0.1", 4053), new("10.0.0.2", 4053), new("10.0.0.3", 4053)];

    private readonly FakeTimeProvider _time = new();
    private readonly MembershipMemory _memory;

    public MembershipMemoryTests()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        _memory = new MembershipMemory("lb1", new Clock(_time), NullLogger.Instance) { Seeds = s_seeds };
    }

    [Fact]
    public void A_seed_that_was_never_heard_has_no_name_and_no_time() =>
        Assert.Equal([new SeedView("", "10.0.0.2:4053", null), new SeedView("", "10.0.0.3:4053", null)],
            _memory.SeedsBeside(new HashSet<NodeAddress> { s_seeds[0] }));

    [Fact]
    public void A_seed_that_fell_silent_keeps_its_name_and_the_time_of_its_last_word()
    {
        Hear();
        _time.Advance(TimeSpan.FromSeconds(2));
        _memory.Forget(s_lb2.ToString());
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(new SeedView("lb2", "10.0.0.2:4053", 62_000), Missing());
        Assert.False(Missing().IsReached);
    }

    [Fact]
    public void A_seed_that_still_reports_or_knocks_is_reached()
    {
        Hear();
        Assert.True(Missing().IsReached);

        _memory.Forget(s_lb2.ToString());
        _time.Advance(TimeSpan.FromSeconds(60));
        _memory.Met.Meet(s_lb2, 7, _memory.NowMilliseconds);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1_000, true), (Missing().SilentMilliseconds, Missing().IsReached));
    }

    private void Hear()
    {
        _memory.Names[s_lb2.ToString()] = "lb2";
        var report = new NodeReport("lb2", new NodeFacts("ready", "", 1, 0, 0, 0, 0), 0, 0, false, [], [], []);
        _memory.Peers[s_lb2.ToString()] = new PeerReport(report, _memory.NowMilliseconds);
    }

    private SeedView Missing() => _memory.SeedsBeside(new HashSet<NodeAddress> { s_seeds[0], s_seeds[2] }).Single();
}
