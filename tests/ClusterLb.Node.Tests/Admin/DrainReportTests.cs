using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Node.Admin;

namespace ClusterLb.Node.Tests.Admin;

/// <summary>When a drain is done in the cluster.</summary>
public sealed class DrainReportTests
{
    private const long Version = 10;

    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1_000);

    [Fact]
    public void It_is_done_once_every_reachable_node_says_so()
    {
        Assert.False(Of(Node("lb1", Done(Version)), Node("lb2", NotDone(Version)))!.Done);
        Assert.True(Of(Node("lb1", Done(Version)), Node("lb2", Done(Version)))!.Done);
    }

    [Fact]
    public void A_node_that_has_not_heard_of_it_yet_is_waited_for() =>
        Assert.False(Of(Node("lb1", Done(Version)), Node("lb2", null))!.Done);

    [Fact]
    public void What_a_node_says_of_an_older_wish_does_not_count() =>
        Assert.False(Of(Node("lb1", Done(Version)), Node("lb2", Done(Version - 1)))!.Done);

    [Fact]
    public void A_node_that_is_unreachable_is_not_waited_for() =>
        Assert.True(Of(Node("lb1", Done(Version)), Node("lb2", null) with { IsReachable = false })!.Done);

    [Fact]
    public void A_node_with_another_configuration_may_not_have_the_backend_and_is_not_waited_for_unless_it_shows_that_it_has()
    {
        var other = Node("lb2", null) with { Facts = new NodeFacts("ready", "other", 1, 0, 0, 0, 0) };

        Assert.True(Of(Node("lb1", Done(Version)), other)!.Done);
        Assert.False(Of(Node("lb1", Done(Version)), other with { InFlight = new Dictionary<string, int> { ["app/b1"] = 1 } })!.Done);
    }

    [Fact]
    public void What_was_cut_is_counted_on_all_nodes() =>
        Assert.Equal(5, Of(Node("lb1", new DrainView(Version, IsDone: true, 2)),
            Node("lb2", new DrainView(Version, IsDone: true, 3)))!.Cut);

    [Fact]
    public void The_deadline_is_told_as_what_is_left_of_it() => Assert.Equal(7.5, Of(Node("lb1", NotDone(Version)))!.DeadlineSeconds);

    [Fact]
    public void Without_a_wish_there_is_no_drain()
    {
        Assert.Null(DrainReport.Of("app/b2", Cluster(AdminState.Draining, Node("lb1", null)), s_now));
        Assert.Null(DrainReport.Of("app/b1", Cluster(AdminState.Ready, Node("lb1", Done(Version))), s_now));
    }

    private static DrainReport? Of(params NodeView[] nodes) => DrainReport.Of("app/b1", Cluster(AdminState.Draining, nodes), s_now);

    private static ClusterView Cluster(AdminState state, params NodeView[] nodes)
    {
        var intent = new AdminIntent("app/b1", state, null, s_now.ToUnixTimeMilliseconds() + 7_500, 0, Version, "lb1");
        return new ClusterView("", nodes, new Dictionary<string, AdminIntent> { ["app/b1"] = intent });
    }

    private static DrainView Done(long version) => new(version, IsDone: true, 0);

    private static DrainView NotDone(long version) => new(version, IsDone: false, 0);

    private static NodeView Node(string name, DrainView? drain) => new(
        name, name, "up", IsReachable: true, IsMonitor: false, new NodeFacts("ready", "same", 1, 0, 0, 0, 0), 1, 1, IsStale: false,
            new Dictionary<string, int>(),
        new Dictionary<string, string>(), drain is null
            ? new Dictionary<string, DrainView>()
            : new Dictionary<string, DrainView> { ["app/b1"] = drain });
}
