using Akka.Actor;
using Akka.TestKit;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionExchangeActorTests : PatientTestKit
{
    private readonly TestMemory _test =
        new(TestMemory.PoolOf(2, Configs.Pool.Health) with { Sticky = Configs.Sticky with { By = StickyBy.Header, Name = "X-User" } });
    private readonly FakeBindingStore _store = new();
    private readonly TestProbe _two;
    private readonly TestProbe _three;
    private readonly TestSessionPeers _peers;

    public SessionExchangeActorTests() : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        (_two, _three) = (CreateTestProbe(), CreateTestProbe());
        _peers = new TestSessionPeers(_two.Ref, _three.Ref);
        _test.Memory.Members.HasLookedAround = true;
    }

    [Fact]
    public async Task What_is_noted_here_is_put_into_the_table_the_store_and_told_to_every_peer()
    {
        await StartInformedAsync();

        foreach (var note in Bindings.Range(0, 3)) _test.Memory.Sessions.Notes.Add(new BindingNote(note, IsStored: false));

        Assert.Equal(Bindings.Range(0, 3), (await BatchAsync(_two)).Bindings);
        Assert.Equal(Bindings.Range(0, 3), (await BatchAsync(_three)).Bindings);
        Assert.Equal(3, _test.Memory.Sessions.Bindings.Count);
        Assert.Equal(3, _store.Bindings.Count);
    }

    [Fact]
    public async Task What_the_store_said_itself_is_told_to_peers_only()
    {
        await StartInformedAsync();

        _test.Memory.Sessions.Notes.Add(new BindingNote(Bindings.Of(1), IsStored: true));

        Assert.Equal([Bindings.Of(1)], (await BatchAsync(_two)).Bindings);
        Assert.Equal(1, _test.Memory.Sessions.Bindings.Count);
        Assert.Empty(_store.Bindings);
    }

    [Fact]
    public async Task What_was_claimed_and_is_in_the_table_already_is_told_all_the_same()
    {
        await StartInformedAsync();
        _test.Memory.Sessions.Bindings.Put(Bindings.Of(1), 0);

        _test.Memory.Sessions.Notes.Add(new BindingNote(Bindings.Of(1), IsStored: false));

        Assert.Equal([Bindings.Of(1)], (await BatchAsync(_two)).Bindings);
    }

    [Fact]
    public async Task What_nobody_needs_to_be_told_stays_on_this_node_until_it_is_about_to_be_looked_for_elsewhere()
    {
        await StartInformedAsync();
        var (b1, b2) = (_test.Pool.Members[0], _test.Pool.Members[1]);
        var (atB1, atB2) = (HomedAt(b1), HomedAt(b2));
        _test.Memory.Sessions.Notes.Add(new BindingNote(atB1, IsStored: false));
        await AdvanceUntilAsync(() => _test.Memory.Sessions.Bindings.Count == 1);

        _test.Pool.SetAdmin(b2, AdminState.Draining, "test", _test.Memory.Clock.NowMilliseconds);
        _test.Memory.Sessions.Notes.Add(new BindingNote(atB2, IsStored: false));

        Assert.Equal([atB2 with { Version = 1 }], (await BatchAsync(_two)).Bindings);
        Assert.Equal(atB2 with { Version = 1 }, Assert.Single(_store.Bindings).Value);
        Assert.Equal(2, _test.Memory.Sessions.Bindings.Count);

        Binding HomedAt(Backend backend) =>
            Enumerable.Range(0, 100).Select(i => LocalSessionsTests.Local(i, _test.Pool.Homes.Of(Bindings.Key(i), 0)!))
                .First(local => local.Backend == backend.Key);
    }

    [Fact]
    public async Task A_node_that_starts_is_told_nothing_of_what_others_have_only_met()
    {
        var exchange = await StartInformedAsync();
        var session = Bindings.Key(7);
        var part = Enumerable.Range(0, BindingTable.Parts).First(i => session.Value >> 58 == (ulong)i);
        _test.Memory.Sessions.Bindings.Put(Bindings.Of(7, version: 0), 0);

        _two.Send(exchange, new PullBindings(part));

        Assert.Empty((await _two.ExpectMsgAsync<BindingPart>()).Bindings);
    }

    [Fact]
    public async Task What_a_peer_tells_is_confirmed_and_told_to_nobody()
    {
        var exchange = await StartInformedAsync();

        _two.Send(exchange, new BindingBatch(77, Bindings.Range(0, 5).ToEquatableList()));

        Assert.Equal(77, (await _two.ExpectMsgAsync<BindingBatchTaken>()).Number);
        Assert.Equal(5, _test.Memory.Sessions.Bindings.Count);
        Assert.Empty(_store.Bindings);
        _test.Memory.Sessions.Notes.Add(new BindingNote(Bindings.Of(9), IsStored: false));
        Assert.Equal(Bindings.Range(9, 1), (await BatchAsync(_three)).Bindings);
    }

    [Fact]
    public async Task An_announcement_is_answered_when_every_peer_has_it()
    {
        var exchange = await StartInformedAsync();

        exchange.Tell(new AnnounceBinding(Bindings.Of(1, version: 1)), TestActor);

        var (two, three) = (await _two.ExpectMsgAsync<BindingBatch>(), await _three.ExpectMsgAsync<BindingBatch>());
        Assert.Equal([Bindings.Of(1, version: 1)], two.Bindings);
        _two.Reply(new BindingBatchTaken(two.Number));
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
        _three.Reply(new BindingBatchTaken(three.Number));
        Assert.Equal(Bindings.Of(1, version: 1), (await ExpectMsgAsync<BindingAnnounced>()).Binding);
        Assert.Equal(0, Counts.Unconfirmed);
        Assert.Single(_store.Bindings);
        Assert.Equal(1, _test.Memory.Sessions.Bindings.Count);
    }

    [Fact]
    public async Task A_peer_that_does_not_confirm_in_time_is_not_waited_for_but_counted()
    {
        var exchange = await StartInformedAsync();
        exchange.Tell(new AnnounceBinding(Bindings.Of(1, version: 1)), TestActor);
        _two.Reply(new BindingBatchTaken((await _two.ExpectMsgAsync<BindingBatch>()).Number));
        await _three.ExpectMsgAsync<BindingBatch>();

        await AdvanceUntilAsync(() => Counts.Unconfirmed == 1);

        await ExpectMsgAsync<BindingAnnounced>();
    }

    [Fact]
    public async Task A_peer_that_has_been_silent_is_told_but_not_waited_for_again()
    {
        var exchange = await StartInformedAsync();
        exchange.Tell(new AnnounceBinding(Bindings.Of(1)), TestActor);
        _two.Reply(new BindingBatchTaken((await _two.ExpectMsgAsync<BindingBatch>()).Number));
        await _three.ExpectMsgAsync<BindingBatch>();
        await AdvanceUntilAsync(() => HasMessages);
        await ExpectMsgAsync<BindingAnnounced>();

        exchange.Tell(new AnnounceBinding(Bindings.Of(2)), TestActor);
        _two.Reply(new BindingBatchTaken((await _two.ExpectMsgAsync<BindingBatch>()).Number));

        Assert.Equal(Bindings.Of(2), (await ExpectMsgAsync<BindingAnnounced>()).Binding);
        Assert.Equal(2, Counts.Unconfirmed);
        Assert.Equal([Bindings.Of(2)], (await _three.ExpectMsgAsync<BindingBatch>()).Bindings);
    }

    [Fact]
    public async Task Whoever_can_no_longer_be_reached_is_not_waited_for_and_told_everything_when_it_is_back()
    {
        var exchange = await StartInformedAsync();
        exchange.Tell(new AnnounceBinding(Bindings.Of(1, version: 1)), TestActor);
        _two.Reply(new BindingBatchTaken((await _two.ExpectMsgAsync<BindingBatch>()).Number));
        await _three.ExpectMsgAsync<BindingBatch>();

        _peers.Become(_two.Ref);
        await AdvanceUntilAsync(() => HasMessages);
        await ExpectMsgAsync<BindingAnnounced>();
        Assert.Equal(0, Counts.Unconfirmed);
        _test.Memory.Sessions.Notes.Add(new BindingNote(Bindings.Of(2), IsStored: false));
        await BatchAsync(_two);

        _peers.Become(_two.Ref, _three.Ref);
        var all = await BatchAsync(_three);
        Assert.Equal([Bindings.Of(1, version: 1), Bindings.Of(2)], all.Bindings.OrderBy(binding => binding.Session != Bindings.Key(1)));
    }

    [Fact]
    public async Task Alone_an_announcement_is_answered_at_once_and_there_is_nothing_to_pull()
    {
        _peers.Become();
        var exchange = Start();
        await AwaitAssertAsync(() => Assert.True(_test.Memory.Sessions.IsKnown));

        exchange.Tell(new AnnounceBinding(Bindings.Of(1, version: 1)), TestActor);

        await ExpectMsgAsync<BindingAnnounced>();
    }

    [Fact]
    public async Task Announcements_that_come_at_once_share_a_batch()
    {
        _peers.Become(_two.Ref);
        var exchange = await StartInformedAsync();
        exchange.Tell(new BindingBatch(1, Bindings.Range(100, 4_000).ToEquatableList()), _two.Ref);

        for (var i = 0; i < 500; i++) exchange.Tell(new AnnounceBinding(Bindings.Of(i, version: 1)), TestActor);

        var told = new List<int>();
        await _two.ExpectMsgAsync<BindingBatchTaken>();
        while (told.Sum() < 500)
        {
            var batch = await _two.ExpectMsgAsync<BindingBatch>();
            told.Add(batch.Bindings.Count);
            // On a busy machine not all are there when the first batch goes, and the rest waits for this word.
            _two.Send(exchange, new BindingBatchTaken(batch.Number));
        }

        Assert.True(told.Count < 500, $"{told.Count} batches");
    }

    [Fact]
    public async Task What_is_announced_while_a_batch_is_on_its_way_shares_the_next()
    {
        _peers.Become(_two.Ref);
        var exchange = await StartInformedAsync();
        exchange.Tell(new AnnounceBinding(Bindings.Of(1)), TestActor);
        var first = await _two.ExpectMsgAsync<BindingBatch>();
        exchange.Tell(new AnnounceBinding(Bindings.Of(2)), TestActor);
        exchange.Tell(new AnnounceBinding(Bindings.Of(3)), TestActor);
        await _two.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));

        _two.Send(exchange, new BindingBatchTaken(first.Number));

        Assert.Equal([Bindings.Of(2), Bindings.Of(3)], (await _two.ExpectMsgAsync<BindingBatch>()).Bindings);
    }

    [Fact]
    public async Task What_is_announced_while_a_batch_is_on_its_way_waits_for_a_round_at_most()
    {
        _peers.Become(_two.Ref);
        var exchange = await StartInformedAsync();
        exchange.Tell(new AnnounceBinding(Bindings.Of(1)), TestActor);
        await _two.ExpectMsgAsync<BindingBatch>();
        exchange.Tell(new AnnounceBinding(Bindings.Of(2)), TestActor);
        await _two.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));

        _test.Time.Advance(SessionExchangeActor.Round);

        Assert.Equal([Bindings.Of(2)], (await _two.ExpectMsgAsync<BindingBatch>()).Bindings);
    }

    [Fact]
    public async Task A_node_that_starts_pulls_all_parts_from_everybody_and_is_informed_then()
    {
        Start();

        await _three.ExpectMsgAsync<PullBindings>();
        _three.Reply(new BindingPart(0, 1, IsLast: true, Bindings.Range(10_000, 1).ToEquatableList()));
        for (var part = 0; part < BindingTable.Parts; part++)
        {
            Assert.Equal(part, (await _two.ExpectMsgAsync<PullBindings>()).Part);
            _two.Reply(new BindingPart(part, BindingTable.Parts, IsLast: false, Bindings.Range(part * 10, 5).ToEquatableList()));
            Assert.False(_test.Memory.Sessions.IsKnown);
            _two.Reply(new BindingPart(part, BindingTable.Parts, IsLast: true, Bindings.Range(part * 10 + 5, 5).ToEquatableList()));
        }

        await AwaitAssertAsync(() => Assert.True(_test.Memory.Sessions.IsKnown));
        Assert.Equal(BindingTable.Parts * 10 + 1, _test.Memory.Sessions.Bindings.Count);
    }

    [Fact]
    public async Task Whoever_gets_no_answer_serves_all_the_same()
    {
        Start();
        await _two.ExpectMsgAsync<PullBindings>();

        await AdvanceUntilAsync(() => _test.Memory.Sessions.IsKnown);

        // It was asked again.
        await _two.ExpectMsgAsync<PullBindings>();
    }

    [Fact]
    public async Task A_node_that_was_cut_off_for_a_minute_when_it_began_anew_tells_and_asks_whoever_it_meets_then()
    {
        _test.Memory.Sessions.Bindings.Put(Bindings.Of(1), 0);
        _peers.IsInCluster = false;
        _peers.Become();
        var exchange = Start();
        await AdvanceUntilAsync(() => _test.Memory.Sessions.IsKnown);
        _test.Time.Advance(TimeSpan.FromMinutes(1));
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMinutes(1));

        _peers.Become(_two.Ref);
        var seen = new List<object>();
        await AdvanceUntilAsync(async () =>
        {
            if (await _two.ReceiveOneAsync(TimeSpan.FromMilliseconds(5)) is not { } message) return false;
            seen.Add(message);
            if (message is BindingBatch batch) _two.Reply(new BindingBatchTaken(batch.Number));
            return seen.OfType<BindingBatch>().Any() && seen.OfType<PullBindings>().Any();
        });
        Assert.All(seen.OfType<PullBindings>(), pull => Assert.Equal(0, pull.Part));
        Assert.Equal([Bindings.Of(1)], seen.OfType<BindingBatch>().First().Bindings);

        _two.Send(exchange, new BindingPart(0, 1, IsLast: true, Bindings.Range(2, 1).ToEquatableList()));
        await AdvanceUntilAsync(() => _test.Memory.Sessions.Bindings.Count == 2);
        while (_two.HasMessages) await _two.ReceiveOneAsync(TimeSpan.Zero);
        _peers.IsInCluster = true;

        PullBindings? again = null;
        await AdvanceUntilAsync(async () => (again = await _two.ReceiveOneAsync(TimeSpan.FromMilliseconds(5)) as PullBindings) is not null);
        Assert.Equal(0, again!.Part);
    }

    [Fact]
    public async Task Whoever_is_met_only_after_clients_were_taken_tells_its_sessions_and_is_told_those_of_meanwhile()
    {
        _peers.Become();
        _peers.IsInCluster = false;
        var exchange = Start();
        await AdvanceUntilAsync(() => _test.Memory.Sessions.IsKnown);
        exchange.Tell(new AnnounceBinding(Bindings.Of(1)), TestActor);
        await ExpectMsgAsync<BindingAnnounced>();

        _peers.Become(_two.Ref);
        _peers.IsInCluster = true;
        var (asked, told) = (false, false);
        await AdvanceUntilAsync(async () =>
        {
            var message = await _two.ReceiveOneAsync(TimeSpan.FromMilliseconds(5));
            asked |= message is PullBindings { Part: 0 };
            told |= message is BindingBatch batch && batch.Bindings.SequenceEqual([Bindings.Of(1)]);
            return asked && told;
        });
    }

    [Fact]
    public async Task A_part_is_told_in_messages_that_fit_into_frames()
    {
        var exchange = await StartInformedAsync();
        for (var i = 0; i < 9_000; i++)
            _test.Memory.Sessions.Bindings.Put(Bindings.Of(i) with { Session = new SessionKey((5UL << 58) + (ulong)i + 1) }, 0);

        _two.Send(exchange, new PullBindings(5));
        var parts = new List<BindingPart>();
        do
        {
            parts.Add(await _two.ExpectMsgAsync<BindingPart>());
        }
        while (!parts[^1].IsLast);

        Assert.Equal([4_000, 4_000, 1_000], parts.Select(part => part.Bindings.Count));
        _two.Send(exchange, new PullBindings(6));
        Assert.Empty((await _two.ExpectMsgAsync<BindingPart>(part => part.IsLast)).Bindings);
        _two.Send(exchange, new PullBindings(99));
        Assert.Empty((await _two.ExpectMsgAsync<BindingPart>(part => part.IsLast)).Bindings);
    }

    [Fact]
    public async Task What_a_node_bound_alone_before_it_starts_anew_is_told_to_all()
    {
        _test.Memory.Sessions.Bindings.Put(Bindings.Of(1), 0);
        Start();

        Assert.Equal([Bindings.Of(1)], (await BatchAsync(_two)).Bindings);
        Assert.Equal([Bindings.Of(1)], (await BatchAsync(_three)).Bindings);
    }

    [Fact]
    public async Task Notes_from_before_its_start_are_taken()
    {
        _test.Memory.Sessions.Notes.Add(new BindingNote(Bindings.Of(4), IsStored: false));
        Start();

        Assert.Equal([Bindings.Of(4)], (await BatchAsync(_three)).Bindings);
    }

    [Fact]
    public async Task What_has_expired_is_swept()
    {
        await StartInformedAsync();
        _test.Memory.Sessions.Bindings.Put(Bindings.Of(1, expiresAt: _test.Memory.Clock.UtcSeconds + 5), _test.Memory.Clock.UtcSeconds);
        _test.Time.Advance(TimeSpan.FromSeconds(6));

        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(30));

        await AwaitAssertAsync(() => Assert.Equal(0, _test.Memory.Sessions.Bindings.Count));
    }

    private SessionCounts Counts => _test.Memory.Sessions.Counts;

    private IActorRef Start() =>
        Sys.ActorOf(Props.Create(() => new SessionExchangeActor(_test.Memory.SessionDependencies(_store),
        () => _test.Memory.Members.HasLookedAround, _peers)));

    /// <summary>With everything pulled from peers that have nothing.</summary>
    private async Task<IActorRef> StartInformedAsync()
    {
        var exchange = Start();
        foreach (var peer in new[] { _two, _three }.Where(probe => _peers.Others.Any(other => other.Exchange.Equals(probe.Ref))))
        {
            await peer.ExpectMsgAsync<PullBindings>();
            peer.Reply(new BindingPart(0, 1, IsLast: true, []));
        }

        await AwaitAssertAsync(() => Assert.True(_test.Memory.Sessions.IsKnown));
        return exchange;
    }

    /// <summary>The next batch that a peer gets, while rounds go by; what else it gets is passed over.</summary>
    private async Task<BindingBatch> BatchAsync(TestProbe peer)
    {
        BindingBatch? batch = null;
        await AdvanceUntilAsync(async () =>
        {
            batch = await peer.ReceiveOneAsync(TimeSpan.FromMilliseconds(5)) as BindingBatch;
            return batch is not null;
        });
        peer.Reply(new BindingBatchTaken(batch!.Number));
        return batch;
    }

    private Task AdvanceUntilAsync(Func<bool> condition) => AdvanceUntilAsync(() => Task.FromResult(condition()));

    private Task AdvanceUntilAsync(Func<Task<bool>> condition) => AwaitConditionAsync(async () =>
    {
        ((TestScheduler)Sys.Scheduler).Advance(SessionExchangeActor.Round);
        _test.Time.Advance(SessionExchangeActor.Round);
        return await condition();
    }, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1));
}
