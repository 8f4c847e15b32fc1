using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class EvacuationActorTests : PatientTestKit
{
    private TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));
    private string _refusal = "";
    private IActorRef _evacuation = ActorRefs.Nobody;

    public EvacuationActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
    }

    private Backend B1 => _test.Pool.Members[0];

    private Backend B2 => _test.Pool.Members[1];

    [Fact]
    public async Task The_sessions_of_a_backend_that_drains_are_moved_at_the_given_rate()
    {
        Bind(25);
        _test.Pool.SetAdmin(B1, AdminState.Draining, "test", 0);
        var (evacuation, region) = Start();

        Assert.Equal(("", 25), await AskAsync(evacuation, 100));
        var moves = await StepAsync(region, 10);
        Assert.All(moves, move => Assert.True(move.IsForced && move.Backend == B1.Key && move.Pool == "app"));
        Answer(region, moves);
        Answer(region, await StepAsync(region, 10));
        Answer(region, await StepAsync(region, 5));
        await StepUntilAsync(() => _test.Memory.Sessions.Evacuation is { IsDone: true });

        Assert.Equal(new EvacuationProgress("app/b1", 25, 25, 0, IsDone: true, "no session is left"), _test.Memory.Sessions.Evacuation);
    }

    [Fact]
    public async Task What_others_have_met_there_is_waited_for_before_it_ends()
    {
        _test = new(TestMemory.PoolOf(2,
            Configs.Pool.Health) with
        { Sticky = Configs.Sticky with { By = StickyBy.Header, Name = "X-User" } });
        _test.Pool.SetAdmin(B1, AdminState.Draining, "test", _test.Memory.Clock.NowMilliseconds);
        var (evacuation, region) = Start();
        Assert.Equal(("", 0), await AskAsync(evacuation, 100));
        var steps = 0;
        await StepUntilAsync(() => ++steps > 5);
        Assert.False(_test.Memory.Sessions.Evacuation!.IsDone);
        Bind(3);

        Answer(region, await StepAsync(region, 3));
        _test.Pool.Tick(_test.Memory.Clock.NowMilliseconds + Homes.SettlingMilliseconds);
        await StepUntilAsync(() => _test.Memory.Sessions.Evacuation is { IsDone: true });

        Assert.Equal(new EvacuationProgress("app/b1", 3, 3, 0, IsDone: true, "no session is left"), _test.Memory.Sessions.Evacuation);
    }

    [Fact]
    public async Task What_cannot_be_moved_is_tried_twice_and_then_said()
    {
        Bind(3);
        _test.Pool.SetAdmin(B1, AdminState.Maintenance, "test", 0);
        var (evacuation, region) = Start();
        await AskAsync(evacuation, 1_000);

        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var _ in await StepAsync(region, 3)) region.Reply(new SessionBound(null));
        }

        await StepUntilAsync(() => _test.Memory.Sessions.Evacuation is { IsDone: true });
        Assert.Equal((0, 3), (_test.Memory.Sessions.Evacuation!.Moved, _test.Memory.Sessions.Evacuation.Left));
        Assert.Contains("nobody is eligible", _test.Memory.Sessions.Evacuation.End, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_when_the_backend_takes_sessions_again()
    {
        Bind(3);
        _test.Pool.SetAdmin(B1, AdminState.Draining, "test", 0);
        var (evacuation, _) = Start();
        await AskAsync(evacuation, 1);

        _test.Pool.SetAdmin(B1, AdminState.Ready, "test", 0);

        await StepUntilAsync(() => _test.Memory.Sessions.Evacuation is { IsDone: true, End: "the backend takes sessions again" });
        Assert.Equal(3, _test.Memory.Sessions.Evacuation!.Left);
    }

    [Fact]
    public async Task It_is_refused_with_a_reason()
    {
        var (evacuation, _) = Start();
        Assert.Contains("neither draining nor in maintenance", (await AskAsync(evacuation, 1)).Refusal, StringComparison.Ordinal);
        Assert.Equal("\"app/nobody\" is no backend", (await AskAsync(evacuation, 1, "app/nobody")).Refusal);

        foreach (var backend in _test.Pool.Members) _test.Pool.SetAdmin(backend, AdminState.Draining, "test", 0);
        _refusal = "no majority";
        Assert.Equal("no majority", (await AskAsync(evacuation, 1)).Refusal);
        _refusal = "";
        Bind(3);
        Assert.Equal("", (await AskAsync(evacuation, 1)).Refusal);
        Assert.Equal("app/b1 is being evacuated; one at a time", (await AskAsync(evacuation, 1, "app/b2")).Refusal);
        Assert.Equal(("", 3), await AskAsync(evacuation, 5));
    }

    [Fact]
    public async Task One_that_a_restart_interrupted_is_over()
    {
        _test.Memory.Sessions.Evacuation = new EvacuationProgress("app/b1", 5, 2, 0, IsDone: false, "");

        Start();

        await AwaitAssertAsync(() =>
            Assert.Equal((true, 2, 3),
            (_test.Memory.Sessions.Evacuation.IsDone, _test.Memory.Sessions.Evacuation.Moved, _test.Memory.Sessions.Evacuation.Left)));
    }

    private void Bind(int sessions)
    {
        foreach (var i in Enumerable.Range(0, sessions)) _test.Memory.Sessions.Bindings.Put(Bindings.Of(i, B1.Key), 0);
        _test.Memory.Sessions.Bindings.Put(Bindings.Of(1_000, B2.Key), 0);
    }

    private (IActorRef Evacuation, TestProbe Region) Start()
    {
        var region = CreateTestProbe();
        _evacuation = Sys.ActorOf(Props.Create(() => new EvacuationActor(_test.Memory.SessionDependencies(null),
            _test.Memory.Members.Events, region.Ref, () => _refusal)));
        return (_evacuation, region);
    }

    private async Task<(string Refusal, int Found)> AskAsync(IActorRef evacuation, int perSecond, string backend = "app/b1")
    {
        evacuation.Tell(new EvacuateBackend(backend, perSecond), TestActor);
        var answer = await ExpectMsgAsync<EvacuationAnswer>();
        return (answer.Refusal, answer.Progress?.Found ?? 0);
    }

    /// <summary>Lets steps pass until some are sent, and takes as many as expected in one step.</summary>
    private async Task<IReadOnlyList<MoveSession>> StepAsync(TestProbe region, int expected)
    {
        var moves = new List<MoveSession>();
        await StepUntilAsync(() => region.HasMessages);
        while (moves.Count < expected) moves.Add(await region.ExpectMsgAsync<MoveSession>());
        Assert.False(region.HasMessages);
        return moves;
    }

    private void Answer(TestProbe region, IReadOnlyList<MoveSession> moves)
    {
        foreach (var move in moves)
        {
            var moved = new Binding(move.Session, B2.Key, move.Version + 1, move.ExpiresAt);
            _test.Memory.Sessions.Bindings.Put(moved, 0);
            region.Reply(new SessionBound(moved));
        }
    }

    /// <summary>No step comes before the one before it is done.</summary>
    private Task StepUntilAsync(Func<bool> condition) => AwaitConditionAsync(async () =>
    {
        if (condition()) return true;
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(100));
        await _evacuation.Ask<ActorIdentity>(new Identify(null));
        return condition();
    }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));
}
