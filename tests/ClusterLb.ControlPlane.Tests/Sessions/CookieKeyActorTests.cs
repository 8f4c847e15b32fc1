using Akka.Actor;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Stores;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.ControlPlane.Tests.Stores;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class CookieKeyActorTests : ClusterOfOne
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly NodeMemory _one = Memory();
    private readonly NodeMemory _other = Memory();

    [Fact]
    public async Task Nodes_agree_on_one_key_and_there_is_none_before_there_is_a_cluster()
    {
        Start(_one, null, "one");
        Start(_other, null, "other");
        Assert.Null(_one.Sessions.CookieKeys.Current.Signing);

        await JoinAsync();
        await AgreedAsync();
    }

    [Fact]
    public async Task What_a_node_remembers_is_known_to_the_others_again()
    {
        var old = CookieKey.Generate();
        _one.Sessions.CookieKeys.Publish(new CookieKeys([old]));
        await JoinAsync();
        Start(_one, null, "one");
        Start(_other, null, "other");

        await AwaitAssertAsync(() => Assert.NotNull(_other.Sessions.CookieKeys.Current.Find(old.Id)), s_patience);
        await AgreedAsync();
    }

    [Fact]
    public async Task Whoever_reports_other_keys_is_told_those_of_this_node_and_what_it_tells_is_taken_without_a_cluster()
    {
        var (own, others) = (CookieKey.Generate(), CookieKey.Generate());
        _one.Sessions.CookieKeys.Publish(new CookieKeys([own]));
        var actor = Start(_one, null, "one");

        actor.Tell(Report(null));
        actor.Tell(Report(_one.Sessions.KeysDigest));
        actor.Tell(Report(0));
        Assert.Equal([own.Text], (await ExpectMsgAsync<CookieKeysTold>()).Secrets);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));

        actor.Tell(new CookieKeysTold([others.Text]));
        await AwaitAssertAsync(() => Assert.Equal(CookieKeys.OfSecrets([own.Text, others.Text]).Digest, _one.Sessions.KeysDigest),
            s_patience);
    }

    [Fact]
    public async Task The_oldest_makes_no_key_before_it_knows_whether_somebody_outside_of_the_cluster_has_one()
    {
        var kept = CookieKey.Generate();
        _one.Admin.IsKnown = false;
        await JoinAsync();
        var actor = Start(_one, null, "one");
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(700));
        Assert.Null(_one.Sessions.CookieKeys.Current.Signing);

        actor.Tell(new CookieKeysTold([kept.Text]));
        _one.Admin.IsKnown = true;

        await AwaitAssertAsync(() => Assert.Equal([kept.Text], _one.Sessions.CookieKeys.Current.Secrets), s_patience);
        Start(_other, null, "other");
        await AgreedAsync();
        Assert.Equal([kept.Text], _other.Sessions.CookieKeys.Current.Secrets);
    }

    [Fact]
    public async Task A_store_keeps_the_key_for_a_cluster_that_begins_anew()
    {
        var store = new FakeDocumentStore();
        var kept = CookieKey.Generate();
        store.Content[CookieKeyDocument.Name] = Convert.FromBase64String(kept.Text);
        await JoinAsync();
        Start(_one, store, "one");

        await AwaitAssertAsync(() => Assert.Equal(kept.Text, _one.Sessions.CookieKeys.Current.Signing?.Text), s_patience);
    }

    [Fact]
    public async Task A_store_that_was_away_or_lost_it_is_told_the_key_when_it_is_back()
    {
        var store = new FakeDocumentStore { IsAway = true };
        await JoinAsync();
        Start(_one, store, "one");
        await AwaitAssertAsync(() => Assert.NotNull(_one.Sessions.CookieKeys.Current.Signing), s_patience);

        store.IsAway = false;
        Sys.EventStream.Publish(new StoreReturned());

        await AwaitAssertAsync(
            () => Assert.Equal(_one.Sessions.CookieKeys.Current.Signing!.Text,
                Convert.ToBase64String(store.Content.GetValueOrDefault(CookieKeyDocument.Name, []))), s_patience);
    }

    [Fact]
    public async Task The_first_key_waits_a_little_for_a_store_that_may_have_one()
    {
        var (store, kept) = (new FakeDocumentStore { IsAway = true }, CookieKey.Generate());
        store.Content[CookieKeyDocument.Name] = Convert.FromBase64String(kept.Text);
        await JoinAsync();
        Start(_one, store, "one");
        await AwaitAssertAsync(() => Assert.True(store.Asked > 0), s_patience);

        store.IsAway = false;

        await AwaitAssertAsync(() => Assert.Equal([kept.Text], _one.Sessions.CookieKeys.Current.Secrets), s_patience);
    }

    [Fact]
    public async Task A_store_that_keeps_no_key_but_something_else_is_written_over()
    {
        var store = new FakeDocumentStore();
        store.Content[CookieKeyDocument.Name] = [1, 2, 3];
        await JoinAsync();
        Start(_one, store, "one");

        await AwaitAssertAsync(() => Assert.NotNull(_one.Sessions.CookieKeys.Current.Signing), s_patience);
        await AwaitAssertAsync(
            () => Assert.Equal(_one.Sessions.CookieKeys.Current.Secrets, CookieKeyDocument.Read(store.Content[CookieKeyDocument.Name])
                .Order(StringComparer.Ordinal)), s_patience);
    }

    [Fact]
    public async Task A_store_that_comes_back_with_another_key_keeps_both()
    {
        var (store, kept) = (new FakeDocumentStore { IsAway = true }, CookieKey.Generate());
        await JoinAsync();
        Start(_one, store, "one");
        await AwaitAssertAsync(() => Assert.NotNull(_one.Sessions.CookieKeys.Current.Signing), s_patience);
        var made = _one.Sessions.CookieKeys.Current.Signing!.Text;

        store.Content[CookieKeyDocument.Name] = Convert.FromBase64String(kept.Text);
        store.IsAway = false;
        Sys.EventStream.Publish(new StoreReturned());

        var both = new[] { made, kept.Text }.Order(StringComparer.Ordinal);
        await AwaitAssertAsync(() => Assert.Equal(both, _one.Sessions.CookieKeys.Current.Secrets), s_patience);
        await AwaitAssertAsync(() =>
            Assert.Equal(both, CookieKeyDocument.Read(store.Content[CookieKeyDocument.Name]).Order(StringComparer.Ordinal)), s_patience);
    }

    private Task AgreedAsync() => AwaitAssertAsync(
        () =>
        {
            Assert.NotNull(_one.Sessions.CookieKeys.Current.Signing);
            Assert.Equal(_one.Sessions.CookieKeys.Current.Secrets, _other.Sessions.CookieKeys.Current.Secrets);
        },
        s_patience);

    /// <summary>With what reads and writes the store, where there is one.</summary>
    private IActorRef Start(NodeMemory memory, FakeDocumentStore? store, string name)
    {
        var keys = Sys.ActorOf(
            Props.Create(() => new CookieKeyActor(
                memory.SessionDependencies(null), store, new TestPeers(ActorRefs.Nobody, TestActor), () => memory.Admin.IsKnown)),
            name);
        if (store is null) return keys;
        var documents = memory.Documents(ActorRefs.Nobody, keys);
        Sys.ActorOf(Props.Create(() => new StoredStateActor(memory.Store, store, documents, () => true)));
        return keys;
    }

    /// <summary>Of a node that has looked around.</summary>
    private static NodeMemory Memory()
    {
        var memory = new TestMemory(TimeProvider.System, TestMemory.PoolOf(2, Configs.Pool.Health)).Memory;
        memory.Admin.IsKnown = true;
        return memory;
    }

    private static NodeReport Report(ulong? digest) =>
        new("lb2", new NodeFacts("", "", 0, 0, 0, 0, 0), 0, 0, false, [], [], []) { KeysDigest = digest };
}
