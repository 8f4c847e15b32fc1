using System.Net;
using Akka.Actor;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Backends;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class BackendsActorTests : PatientTestKit
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));
    private readonly FakeCutter _cutter = new();

    [Fact]
    public async Task An_intent_reaches_its_backend_and_one_for_nobody_hurts_nobody()
    {
        var backends = await StartAsync();

        backends.Tell(Intent("app/nobody"));
        backends.Tell(Intent("app/b2"));

        var change = await ExpectMsgAsync<AdminStateChanged>();
        Assert.Equal(("app/b2", AdminState.Maintenance, "put into maintenance by an operator through lb1"),
            (change.Backend, change.State, change.Reason));
    }

    [Fact]
    public async Task A_backend_that_is_added_has_an_actor_and_goes_by_what_was_wanted_of_it_before()
    {
        await StartAsync();
        _test.Memory.Admin.Intents["app/b3"] = Intent("app/b3");

        _test.Apply(TestMemory.PoolOf(3, Configs.Pool.Health));

        Assert.Equal("app/b3", (await ExpectMsgAsync<AdminStateChanged>()).Backend);
    }

    [Fact]
    public async Task A_backend_that_is_removed_is_forgotten_when_nothing_is_in_flight_there()
    {
        await StartAsync();
        Assert.True(_test.Pool.Members[1].TryLease(out var lease));
        _test.Apply(TestMemory.PoolOf(1, Configs.Pool.Health));
        Assert.Single(_test.Memory.Admin.Leaving);

        lease.Return();

        await AwaitAssertAsync(() => Assert.Empty(_test.Memory.Admin.Leaving));
        Assert.Empty(_cutter.Cut);
    }

    [Fact]
    public async Task What_a_backend_that_is_removed_has_at_its_deadline_is_ended_also_by_an_actor_that_began_later()
    {
        Assert.True(_test.Pool.Members[1].TryLease(out _));
        _test.Memory.Admin.Leave(_test.Apply(TestMemory.PoolOf(1, Configs.Pool.Health)), _test.Memory.Clock.NowMilliseconds);
        await StartAsync();
        _test.Time.Advance(Configs.Pool.DrainTimeout);

        await AwaitAssertAsync(() => Assert.Empty(_test.Memory.Admin.Leaving));
        Assert.Equal(["app/b2"], _cutter.Cut);
    }

    [Fact]
    public async Task A_backend_with_another_address_has_an_actor_of_its_own_and_the_old_one_leaves()
    {
        var backends = await StartAsync();
        var pool = TestMemory.PoolOf(2, Configs.Pool.Health);
        Assert.True(_test.Pool.Members[1].TryLease(out var lease));
        var elsewhere = new IPEndPoint(IPAddress.Loopback, 99);
        _test.Apply(pool with { Backends = [pool.Backends[0], pool.Backends[1] with { EndPoint = elsewhere }] });

        backends.Tell(Intent("app/b2"));

        Assert.Equal("app/b2", (await ExpectMsgAsync<AdminStateChanged>()).Backend);
        lease.Return();
        await AwaitAssertAsync(() => Assert.Empty(_test.Memory.Admin.Leaving));
    }

    private async Task<IActorRef> StartAsync()
    {
        _test.Owner.Listen(change =>
        {
            _test.Memory.Admin.Leave(change, _test.Memory.Clock.NowMilliseconds);
            Sys.EventStream.Publish(change);
        });
        var backends = Sys.ActorOf(Props.Create(() => new BackendsActor(_test.Memory.BackendDependencies(_cutter, TestActor))));
        // It has subscribed when it answers.
        await backends.Ask<ActorIdentity>(new Identify(null));
        return backends;
    }

    private static AdminIntent Intent(string backend) => new(backend, AdminState.Maintenance, null, 0, 0, 1, "lb1");
}
