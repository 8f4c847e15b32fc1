using Akka.Actor;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.ControlPlane.Tests.Stores;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class CookieKeyActorTests : ClusterOfOne
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly ControlPlaneMemory _one = Memory();
    private readonly ControlPlaneMemory _other = Memory();

    [Fact]
    public async Task Nodes_agree_on_one_key_and_there_is_none_before_there_is_a_cluster()
    {
        Start(_one, null, "one");
        Start(_other, null, "other");
        Assert.Null(_one.CookieKeys.Current.Signing);

        await JoinAsync();
        await AgreedAsync();
    }

    [Fact]
    public async Task What_a_node_remembers_is_known_to_the_others_again()
    {
        var old = CookieKey.Generate();
        _one.CookieKeys.Publish(new CookieKeys([old]));
        await JoinAsync();
        Start(_one, null, "one");
        Start(_other, null, "other");

        await AwaitAssertAsync(() => Assert.NotNull(_other.CookieKeys.Current.Find(old.Id)), s_patience);
        await AgreedAsync();
    }

    [Fact]
    public async Task A_store_keeps_the_key_for_a_cluster_that_begins_anew()
    {
        var store = new FakeDocumentStore();
        var kept = CookieKey.Generate();
        store.Content[CookieKeyActor.Document] = Convert.FromBase64String(kept.Text);
        await JoinAsync();
        Start(_one, store, "one");

        await AwaitAssertAsync(() => Assert.Equal(kept.Text, _one.CookieKeys.Current.Signing?.Text), s_patience);
    }

    [Fact]
    public async Task A_store_that_was_away_or_lost_it_is_told_the_key_when_it_is_back()
    {
        var store = new FakeDocumentStore { IsAway = true };
        await JoinAsync();
        Start(_one, store, "one");
        await AwaitAssertAsync(() => Assert.NotNull(_one.CookieKeys.Current.Signing), s_patience);

        store.IsAway = false;
        _one.StoreReturned();

        await AwaitAssertAsync(() => Assert.Equal(_one.CookieKeys.Current.Signing!.Text, Convert.ToBase64String(store.Content.GetValueOrDefault(CookieKeyActor.Document, []))), s_patience);
    }

    [Fact]
    public async Task The_first_key_waits_a_little_for_a_store_that_may_have_one()
    {
        var (store, kept) = (new FakeDocumentStore { IsAway = true }, CookieKey.Generate());
        store.Content[CookieKeyActor.Document] = Convert.FromBase64String(kept.Text);
        await JoinAsync();
        Start(_one, store, "one");
        await AwaitAssertAsync(() => Assert.True(store.Asked > 0), s_patience);

        store.IsAway = false;

        await AwaitAssertAsync(() => Assert.Equal([kept.Text], _one.CookieKeys.Current.Secrets), s_patience);
    }

    [Fact]
    public async Task A_store_that_keeps_no_key_but_something_else_is_written_over()
    {
        var store = new FakeDocumentStore();
        store.Content[CookieKeyActor.Document] = [1, 2, 3];
        await JoinAsync();
        Start(_one, store, "one");

        await AwaitAssertAsync(() => Assert.NotNull(_one.CookieKeys.Current.Signing), s_patience);
        await AwaitAssertAsync(() => Assert.Equal(_one.CookieKeys.Current.Secrets, CookieKeyDocument.Read(store.Content[CookieKeyActor.Document]).Order(StringComparer.Ordinal)), s_patience);
    }

    [Fact]
    public async Task A_store_that_comes_back_with_another_key_keeps_both()
    {
        var (store, kept) = (new FakeDocumentStore { IsAway = true }, CookieKey.Generate());
        await JoinAsync();
        Start(_one, store, "one");
        await AwaitAssertAsync(() => Assert.NotNull(_one.CookieKeys.Current.Signing), s_patience);
        var made = _one.CookieKeys.Current.Signing!.Text;

        store.Content[CookieKeyActor.Document] = Convert.FromBase64String(kept.Text);
        store.IsAway = false;
        _one.StoreReturned();

        var both = new[] { made, kept.Text }.Order(StringComparer.Ordinal);
        await AwaitAssertAsync(() => Assert.Equal(both, _one.CookieKeys.Current.Secrets), s_patience);
        await AwaitAssertAsync(() => Assert.Equal(both, CookieKeyDocument.Read(store.Content[CookieKeyActor.Document]).Order(StringComparer.Ordinal)), s_patience);
    }

    private Task AgreedAsync() => AwaitAssertAsync(
        () =>
        {
            Assert.NotNull(_one.CookieKeys.Current.Signing);
            Assert.Equal(_one.CookieKeys.Current.Secrets, _other.CookieKeys.Current.Secrets);
        },
        s_patience);

    private void Start(ControlPlaneMemory memory, FakeDocumentStore? store, string name) => Sys.ActorOf(Props.Create(() => new CookieKeyActor(memory, store)), name);

    private static ControlPlaneMemory Memory() => new TestMemory(TimeProvider.System, TestMemory.PoolOf(2, Configs.Pool.Health)).Memory;
}
