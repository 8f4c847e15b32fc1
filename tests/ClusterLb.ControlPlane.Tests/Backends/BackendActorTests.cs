using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class BackendActorTests : PatientTestKit
{
    private TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));
    private readonly FakeCutter _cutter = new();
    private readonly TestProbe _publisher;

    public BackendActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"") =>
        _publisher = CreateTestProbe();

    private Backend Backend => _test.Pool.Members[0];

    [Fact]
    public async Task What_an_operator_asked_for_survives_the_actor()
    {
        _test.Memory.Admin.Intents[Backend.Id] = Intent(AdminState.Draining, TimeSpan.FromHours(1));

        Start();

        Assert.Equal(AdminState.Draining, (await _publisher.ExpectMsgAsync<AdminStateChanged>()).State);
    }

    [Fact]
    public async Task A_drain_that_was_over_is_not_begun_again_by_a_new_actor()
    {
        Backend.Load.SetRemote(1, 2);
        _test.Memory.Admin.Intents[Backend.Id] = Intent(AdminState.Draining, TimeSpan.FromHours(1));
        _test.Memory.Admin.Drains[Backend.Id] = new DrainProgress(Backend.Id, 1, IsDone: true, 3);

        Start();

        Assert.Equal(AdminState.Drained, (await _publisher.ExpectMsgAsync<AdminStateChanged>()).State);
        Assert.Equal(new DrainProgress(Backend.Id, 1, true, 3), _test.Memory.Admin.Drains[Backend.Id]);
    }

    [Fact]
    public async Task A_drain_waits_for_what_other_nodes_have_in_flight()
    {
        Backend.Load.SetRemote(2, 2);
        Start().Tell(Intent(AdminState.Draining, TimeSpan.FromHours(1)));
        Assert.Equal(AdminState.Draining, (await _publisher.ExpectMsgAsync<AdminStateChanged>()).State);
        for (var i = 0; i < 10; i++) Advance();
        Assert.False(_test.Memory.Admin.Drains[Backend.Id].IsDone);

        Backend.Load.SetRemote(0, 1);

        Assert.Equal(AdminState.Drained, (await AdvanceUntilPublishedAsync()).State);
        Assert.Equal(new DrainProgress(Backend.Id, 1, true, 0), _test.Memory.Admin.Drains[Backend.Id]);
        Assert.Empty(_cutter.Cut);
    }

    [Fact]
    public async Task A_drain_waits_until_nodes_have_told_each_other_of_sessions_that_nobody_was_told_of()
    {
        _test = new(TestMemory.PoolOf(2, Configs.Pool.Health) with { Sticky = Configs.Sticky with { By = StickyBy.Cookie } });
        Start().Tell(Intent(AdminState.Draining, TimeSpan.FromHours(1)));
        await _publisher.ExpectMsgAsync<AdminStateChanged>();
        _test.Pool.SetAdmin(Backend, AdminState.Draining, "test", _test.Memory.Clock.NowMilliseconds);
        for (var i = 0; i < 10; i++) Advance();
        Assert.False(_test.Memory.Admin.Drains[Backend.Id].IsDone);

        _test.Pool.Tick(_test.Memory.Clock.NowMilliseconds + Homes.SettlingMilliseconds);

        Assert.Equal(AdminState.Drained, (await AdvanceUntilPublishedAsync()).State);
    }

    [Fact]
    public async Task The_deadline_cuts_what_this_node_has_in_flight()
    {
        Assert.True(Backend.TryLease(out _));
        Start().Tell(Intent(AdminState.Draining, TimeSpan.FromSeconds(1)));
        await _publisher.ExpectMsgAsync<AdminStateChanged>();

        var drained = await AdvanceUntilPublishedAsync();

        Assert.Equal((AdminState.Drained, "drain timeout"), (drained.State, drained.Reason));
        await AwaitAssertAsync(() => Assert.Equal(new DrainProgress(Backend.Id, 1, true, 1), _test.Memory.Admin.Drains[Backend.Id]));
        Assert.Equal([Backend.Id], _cutter.Cut);
    }

    [Fact]
    public async Task Ready_ends_a_drain_and_says_since_when()
    {
        var actor = Start();
        actor.Tell(Intent(AdminState.Draining, TimeSpan.FromHours(1)));
        await _publisher.ExpectMsgAsync<AdminStateChanged>();

        actor.Tell(Intent(AdminState.Ready, TimeSpan.Zero) with
        {
            Version = 2,
            SinceUtcMilliseconds = _test.Memory.Clock.UtcMilliseconds - 300
        });

        var ready = await _publisher.ExpectMsgAsync<AdminStateChanged>();
        Assert.Equal((AdminState.Ready, _test.Memory.Clock.NowMilliseconds - 300), (ready.State, ready.Since));
        Assert.Empty(_test.Memory.Admin.Drains);
    }

    [Fact]
    public async Task A_weight_counts_from_its_command_whenever_the_state_began()
    {
        var said = _test.Memory.Clock.UtcNow.AddMilliseconds(-300);
        var intent = Intent(AdminState.Ready, TimeSpan.Zero) with
        {
            Weight = 0,
            Version = said.UtcTicks,
            SinceUtcMilliseconds = said.AddHours(-1).ToUnixTimeMilliseconds()
        };

        Start().Tell(intent);

        var change = await _publisher.ExpectMsgAsync<AdminStateChanged>();
        Assert.Equal((_test.Memory.Clock.NowMilliseconds - 300, _test.Memory.Clock.NowMilliseconds - 300 - 3_600_000),
            (change.SaidAt, change.Since));
    }

    private IActorRef Start() =>
        Sys.ActorOf(BackendActor.Props(_test.Memory.BackendDependencies(_cutter, _publisher.Ref), Backend, leaving: null));

    private async Task<AdminStateChanged> AdvanceUntilPublishedAsync()
    {
        AdminStateChanged? published = null;
        await AwaitConditionAsync(async () =>
        {
            Advance();
            published = await _publisher.ReceiveOneAsync(TimeSpan.FromMilliseconds(20)) as AdminStateChanged;
            return published is not null;
        }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));
        return published!;
    }

    private void Advance()
    {
        _test.Time.Advance(NodeReport.Round);
        ((TestScheduler)Sys.Scheduler).Advance(NodeReport.Round);
    }

    private AdminIntent Intent(AdminState state, TimeSpan timeout)
    {
        var utc = _test.Memory.Clock.UtcMilliseconds;
        return new AdminIntent(Backend.Id, state, null, utc + (long)timeout.TotalMilliseconds, utc, 1, "lb1");
    }
}
