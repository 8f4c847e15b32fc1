using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Stores;
using ClusterLb.ControlPlane.Tests.Sessions;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Stores;

public sealed class StoredBindingsActorTests : PatientTestKit
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));
    private readonly FakeBindingStore _store = new() { IsUp = false };
    private bool _isOldest = true;

    public StoredBindingsActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        var now = _test.Memory.Clock.UtcSeconds;
        for (ulong i = 1; i <= 20_000; i++)
            _test.Memory.Sessions.Bindings.Put(new Binding(new SessionKey(unchecked(i * 0x9E3779B97F4A7C15)), 7, 1, now + 100), now);
    }

    [Fact]
    public async Task A_store_that_came_while_nobody_listened_is_told_too()
    {
        _store.IsUp = true;
        await StartAsync();

        await PassUntilAsync(() => _store.Bindings.Count == _test.Memory.Sessions.Bindings.Count);
    }

    [Fact]
    public async Task A_store_that_comes_back_is_told_of_every_session()
    {
        await StartAsync();
        Pass();
        Assert.Empty(_store.Bindings);
        Sys.EventStream.Publish(new StoreReturned());

        await PassUntilAsync(() => _store.Bindings.Count == _test.Memory.Sessions.Bindings.Count);
    }

    [Fact]
    public async Task Who_is_not_the_oldest_leaves_it_to_who_is_until_it_is_the_oldest()
    {
        _isOldest = false;
        await StartAsync();
        Sys.EventStream.Publish(new StoreReturned());
        Pass();
        Assert.Empty(_store.Bindings);

        _isOldest = true;
        await PassUntilAsync(() => _store.Bindings.Count == _test.Memory.Sessions.Bindings.Count);
    }

    [Fact]
    public async Task A_store_that_does_not_keep_up_is_waited_for()
    {
        _store.Waiting = 50_001;
        await StartAsync();
        Sys.EventStream.Publish(new StoreReturned());
        for (var i = 0; i < 10; i++) Pass();
        Assert.Empty(_store.Bindings);

        _store.Waiting = 50_000;
        await PassUntilAsync(() => _store.Bindings.Count == _test.Memory.Sessions.Bindings.Count);
    }

    /// <summary>It has looked at the store when it answers.</summary>
    private async Task StartAsync()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StoredBindingsActor(_test.Memory.Sessions.Bindings, _store, () => _isOldest)));
        await actor.Ask<ActorIdentity>(new Identify(null));
    }

    private void Pass() => ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(20));

    private Task PassUntilAsync(Func<bool> condition) => AwaitConditionAsync(
        () =>
        {
            Pass();
            return Task.FromResult(condition());
        },
        TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));
}
