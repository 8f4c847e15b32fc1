using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class DrainedSessionsActorTests : PatientTestKit
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health) with
    {
        Sticky = Configs.Sticky with { By = StickyBy.Header, Name = "X-User" },
    });

    private readonly ConcurrentDictionary<string, AdminIntent> _intents = new();
    private volatile bool _isOwner = true;
    private IActorRef _actor = ActorRefs.Nobody;

    public DrainedSessionsActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"") => Bind("b1");

    [Fact]
    public async Task A_drain_that_moves_sessions_has_them_moved()
    {
        await StartAsync();
        _intents["app/b1"] = Drain("app/b1");

        Assert.Equal("app/b1", (await NextAsync())!.Backend);
    }

    [Fact]
    public async Task Nothing_else_moves_any()
    {
        await StartAsync();
        _intents["app/b1"] = Drain("app/b1") with { MovesSessions = false };
        _intents["app/b2"] = Drain("app/b2");
        _intents["app/nobody"] = Drain("app/nobody");
        Assert.Null(await NextAsync());

        _intents["app/b1"] = Drain("app/b1") with { State = AdminState.Ready };
        Assert.Null(await NextAsync());
    }

    [Fact]
    public async Task It_is_left_to_the_node_that_is_to_do_it_until_it_is_this_one()
    {
        _isOwner = false;
        await StartAsync();
        _intents["app/b1"] = Drain("app/b1");
        Assert.Null(await NextAsync());

        _isOwner = true;
        Assert.NotNull(await NextAsync());
    }

    [Fact]
    public async Task What_was_refused_is_asked_for_again_at_once_and_what_has_begun_only_when_it_must_be_over()
    {
        await StartAsync();
        _intents["app/b1"] = Drain("app/b1");
        Assert.NotNull(await NextAsync());
        _actor.Tell(new EvacuationAnswer(null, "app/b2 is being evacuated; one at a time"));
        Assert.NotNull(await NextAsync());

        _actor.Tell(new EvacuationAnswer(new EvacuationProgress("app/b1", 1, 0, 1, IsDone: false, ""), ""));
        Assert.Null(await NextAsync());
        _test.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotNull(await NextAsync());
    }

    [Fact]
    public async Task The_drain_that_began_first_comes_first()
    {
        Bind("b2");
        await StartAsync();
        _intents["app/b1"] = Drain("app/b1") with { SinceUtcMilliseconds = 2 };
        _intents["app/b2"] = Drain("app/b2") with { SinceUtcMilliseconds = 1 };

        Assert.Equal("app/b2", (await NextAsync())!.Backend);
        Assert.Equal("app/b1", (await NextAsync())!.Backend);
    }

    private static AdminIntent Drain(string backend) =>
        new(backend, AdminState.Draining, null, 1_000, 0, 1, "lb1") { MovesSessions = true };

    private void Bind(string backend) => _test.Memory.Sessions.Bindings.Put(Bindings.Of(backend[1], _test.Pool.Find(backend)!.Key), 0);

    private async Task StartAsync()
    {
        var shared = _test.Memory.SessionDependencies(null);
        _actor = Sys.ActorOf(Props.Create(() => new DrainedSessionsActor(shared, _intents, TestActor, () => _isOwner)));
        await _actor.Ask<ActorIdentity>(new Identify(null));
    }

    /// <summary>Of three looks; null = nothing is asked for.</summary>
    private async Task<EvacuateBackend?> NextAsync()
    {
        for (var look = 0; look < 3 && !HasMessages; look++)
        {
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(200));
            await _actor.Ask<ActorIdentity>(new Identify(null));
        }

        return HasMessages ? await ExpectMsgAsync<EvacuateBackend>() : null;
    }
}
