using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;
using CsCheck;

namespace ClusterLb.Core.Tests.Discovery;

public sealed class FoundSetTests
{
    private const long Patience = 30_000;

    private static readonly PoolAround s_alone = new(0, _ => false);

    [Fact]
    public void New_ones_come_and_others_go_with_the_answer()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b", "c"), 0);
        Assert.Equal(["a:80", "b:80", "c:80"], Names(set));
        Assert.Equal(["b:80", "c:80", "d:80"], Names(After(set, Found("b", "d", "c"), 1_000)));
    }

    [Fact]
    public void What_cannot_be_told_takes_nobody_away_ever()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b"), 0);
        set = After(set, new NoAnswer("SERVFAIL"), 1_000);
        set = set.After(new NoAnswer("SERVFAIL"), new PoolAround(0, _ => true), 1_000, 10_000_000);
        Assert.Equal(["a:80", "b:80"], Names(set));
        Assert.Equal("SERVFAIL", set.Problem);
        Assert.Equal("", After(set, Found("a", "b"), 10_001_000).Problem);
    }

    [Fact]
    public void An_empty_answer_takes_only_the_dead_and_not_before_30_seconds()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b", "c"), 0);
        var around = new PoolAround(0, name => name is "a:80" or "b:80");
        set = set.After(new NobodyFound("gone"), around, 1_000, 1_000);
        set = set.After(new NobodyFound("gone"), around, 1_000, 1_000 + Patience - 1);
        Assert.Equal(3, set.Backends.Count);
        set = set.After(new NobodyFound("gone"), around, 1_000, 1_000 + Patience);
        Assert.Equal(["c:80"], Names(set));
        // The last one leaves when it has died, and all come back with the next good answer.
        set = set.After(new NobodyFound("gone"), new PoolAround(0, _ => true), 1_000, 2_000 + Patience);
        Assert.Empty(set.Backends);
        Assert.Equal(["a:80", "b:80"], Names(After(set, Found("a", "b"), 3_000 + Patience)));
    }

    [Fact]
    public void A_good_answer_between_two_empty_ones_begins_the_30_seconds_anew()
    {
        var dead = new PoolAround(0, _ => true);
        var set = After(FoundSet.NotAsked, Found("a"), 0);
        set = set.After(new NobodyFound("gone"), dead, 1_000, 0);
        set = set.After(Found("a"), dead, 1_000, 20_000);
        set = set.After(new NobodyFound("gone"), dead, 1_000, 25_000);
        set = set.After(new NobodyFound("gone"), dead, 1_000, 25_000 + Patience - 1);
        Assert.Single(set.Backends);
        Assert.Empty(set.After(new NobodyFound("gone"), dead, 1_000, 25_000 + Patience).Backends);
    }

    [Fact]
    public void More_than_half_of_a_pool_is_held_back_for_30_seconds()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b", "c"), 0);
        set = After(set, Found("a", "d"), 1_000);
        Assert.Equal(["a:80", "b:80", "c:80", "d:80"], Names(set));
        Assert.Equal(new Hold(3, [new Missing("b:80", 1_000), new Missing("c:80", 1_000)]), set.Held);
        // New ones that came meanwhile do not make those that are gone fewer.
        set = After(set, Found("a", "d", "e", "f"), 1_000 + Patience - 1);
        Assert.Equal(6, set.Backends.Count);
        set = After(set, Found("a", "d", "e", "f"), 1_000 + Patience);
        Assert.Equal(["a:80", "d:80", "e:80", "f:80"], Names(set));
        Assert.Null(set.Held);
    }

    [Fact]
    public void Half_of_a_pool_goes_at_once_and_so_does_more_of_a_source_that_is_a_part_of_it()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b"), 0);
        Assert.Equal(["a:80"], Names(After(set, Found("a"), 1)));
        Assert.Equal(["x:80"], Names(set.After(Found("x"), new PoolAround(2, _ => false), 1_000, 1)));
        Assert.Equal(3, set.After(Found("x"), new PoolAround(1, _ => false), 1_000, 1).Backends.Count);
    }

    [Fact]
    public void Who_was_named_a_moment_ago_has_30_seconds_of_its_own()
    {
        // A source that tells a part of its records at a time, another one each time.
        var set = After(FoundSet.NotAsked, Found("a", "b"), 0);
        for (var now = 5_000; now < 5 * Patience; now += 15_000)
        {
            foreach (var (some, i) in ((string[][])[["c", "d"], ["e", "f"], ["a", "b"]]).Select((some, i) => (some, i)))
                set = After(set, Found(some), now + (i * 5_000));
            Assert.Equal(6, set.Backends.Count);
        }

        set = After(set, Found("a", "b"), 6 * Patience);
        Assert.Equal(["a:80", "b:80"], Names(set));
    }

    [Fact]
    public void Who_leaves_in_steps_is_no_less_than_who_leaves_at_once()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b", "c", "d", "e", "f", "g", "h"), 0);
        set = After(set, Found("a", "b", "c", "d"), 1_000);
        Assert.Equal(4, set.Backends.Count);
        set = After(set, Found("a", "b"), 2_000);
        set = After(set, Found("a"), 3_000);
        Assert.Equal(["a:80", "b:80", "c:80", "d:80"], Names(set));
        set = After(set, Found("a"), 2_000 + Patience - 1);
        Assert.Equal(4, set.Backends.Count);
        Assert.Equal(["a:80"], Names(After(set, Found("a"), 3_000 + Patience)));
    }

    [Fact]
    public void Those_that_left_another_source_of_the_pool_count_for_30_seconds()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b", "c", "d"), 0);
        var around = new PoolAround(1, _ => false) { Departures = [new Departure(1_000, 3, 8)] };
        Assert.Equal(3, set.After(Found("a", "b", "c"), around, 1_000, 2_000).Backends.Count);
        var held = set.After(Found("a", "b"), around, 1_000, 2_000);
        Assert.Equal(new Hold(8, [new Missing("c:80", 2_000), new Missing("d:80", 2_000)]), held.Held);
        Assert.Equal(["a:80", "b:80"], Names(held.After(Found("a", "b"), around, 1_000, 1_000 + Patience)));
    }

    [Fact]
    public void Who_is_held_back_stays_when_the_source_has_it_again()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b", "c"), 0);
        set = After(set, Found("x"), 1_000);
        set = After(set, Found("a", "b", "c"), 2_000);
        Assert.Equal(["a:80", "b:80", "c:80"], Names(set));
        Assert.Null(set.Held);
    }

    [Fact]
    public void A_failure_does_not_end_a_hold_however_long_it_lasts()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b", "c"), 0);
        set = After(set, Found("x"), 1_000);
        set = After(set, new NoAnswer("timeout"), 5 * Patience);
        Assert.Equal(4, set.Backends.Count);
        Assert.Equal(["x:80"], Names(After(set, Found("x"), (5 * Patience) + 1)));
    }

    [Fact]
    public void A_target_that_nobody_could_look_up_keeps_its_addresses_and_the_first_one_stays_first()
    {
        var set = After(FoundSet.NotAsked, At("10.0.0.5"), 0);
        set = After(set, At("10.0.0.1", "10.0.0.5"), 1);
        Assert.Equal("10.0.0.5 10.0.0.1", Addresses(set));
        set = After(set, At(), 2);
        Assert.Equal("10.0.0.5 10.0.0.1", Addresses(set));
        Assert.Equal("10.0.0.2", Addresses(After(set, At("10.0.0.2"), 3)));
    }

    [Fact]
    public void Another_nodes_word_counts_as_it_is_for_who_went_by_it_before_or_found_nobody()
    {
        var set = FoundSet.NotAsked.AfterWord(At("10.0.0.5", "10.0.0.1").Backends, wasTold: false, s_alone, 0);
        Assert.Equal(("10.0.0.5 10.0.0.1", true, ""), (Addresses(set), set.IsKnown, set.Problem));
        set = set.AfterWord(At("10.0.0.1", "10.0.0.5").Backends, wasTold: true, s_alone, 1);
        Assert.Equal("10.0.0.1 10.0.0.5", Addresses(set));
        Assert.Equal(["x:80"], Names(set.AfterWord(Found("x").Backends, wasTold: true, s_alone, 2)));
    }

    [Fact]
    public void Another_nodes_word_takes_nobody_away_at_once_of_what_was_found_here()
    {
        var set = After(FoundSet.NotAsked, Found("a", "b", "c"), 0);
        var word = Found("a").Backends;
        set = set.AfterWord(word, wasTold: false, s_alone, 1_000);
        set = set.AfterWord(word, wasTold: true, s_alone, 1_000 + Patience - 1);
        Assert.Equal(["a:80", "b:80", "c:80"], Names(set));
        Assert.Equal(["a:80"], Names(set.AfterWord(word, wasTold: true, s_alone, 1_000 + Patience)));

        var dead = new PoolAround(0, name => name == "a:80");
        set = set.AfterWord([], wasTold: false, dead, 2_000);
        set = set.AfterWord([], wasTold: true, dead, 2_000 + Patience);
        Assert.Equal(["b:80", "c:80"], Names(set));
    }

    [Fact]
    public void An_empty_answer_is_not_known_to_be_true_before_a_good_one()
    {
        var set = After(FoundSet.NotAsked, new NobodyFound("gone"), 0);
        Assert.False(set.IsKnown);
        set = After(After(set, Found("a"), 1), new NobodyFound("gone"), 2);
        Assert.True(set.IsKnown);
    }

    [Fact]
    public void Beyond_max_those_stay_that_were_there()
    {
        var set = FoundSet.NotAsked.After(Found("m", "n"), s_alone, 2, 0);
        set = set.After(Found("a", "m", "n", "z"), s_alone, 2, 1);
        Assert.Equal(["m:80", "n:80"], Names(set));
        Assert.Equal(2, set.LeftOut);
        Assert.Equal(["a:80", "n:80"], Names(set.After(Found("a", "n", "z"), s_alone, 2, 2)));
    }

    [Fact]
    public void A_weight_that_changes_is_the_same_backend_with_another_weight()
    {
        var set = After(FoundSet.NotAsked, Found("a"), 0);
        var heavier = new FoundBackends([set.Backends[0] with { Weight = 9 }], null);
        Assert.Equal(9, Assert.Single(After(set, heavier, 1).Backends).Weight);
    }

    [Fact]
    public void Whatever_answers_come_no_more_than_half_leave_within_30_seconds_that_have_not_been_missing_for_as_long() =>
        Steps().Sample(steps =>
        {
            var (set, now) = (FoundSet.NotAsked, 0L);
            var missingSince = new Dictionary<string, long>();
            var leftAtOnce = new List<(long At, int Count, int Of)>();
            foreach (var (answer, pause, dead) in steps)
            {
                now += pause;
                var before = set;
                set = before.After(answer, new PoolAround(0, name => dead.Contains(name[..1], StringComparison.Ordinal)), 6, now);
                if (answer is FoundBackends found)
                {
                    Assert.All(found.Backends, backend => Assert.Contains(backend, set.Backends));
                    foreach (var backend in found.Backends) missingSince.Remove(backend.Name);
                    foreach (var name in Names(before).Except(found.Backends.Select(one => one.Name))) missingSince.TryAdd(name, now);
                }

                var gone = Names(before).Except(Names(set)).ToList();
                if (answer is NoAnswer) Assert.Empty(gone);
                if (answer is NobodyFound) Assert.All(gone, name => Assert.Contains(name[..1], dead, StringComparison.Ordinal));
                if (answer is FoundBackends)
                    leftAtOnce.Add((now, gone.Count(name => now - missingSince[name] < Patience), before.Backends.Count));
                var lately = leftAtOnce.Where(one => now - one.At < Patience).SkipWhile(one => one.Count == 0).ToList();
                Assert.True(lately.Count == 0 || lately.Sum(one => one.Count) * 2 <= lately[0].Of, "more than half left");
                foreach (var name in gone) missingSince.Remove(name);
                Assert.Equal(set.Backends.Count, Names(set).Distinct().Count());
                Assert.Equal(Names(set).Order(StringComparer.Ordinal), Names(set));
            }
        });

    private static Gen<List<(SourceAnswer Answer, int Pause, string Dead)>> Steps()
    {
        var names = Gen.Char["abcdef"].HashSet[1, 6];
        Gen<SourceAnswer> answers = Gen.Frequency(
            (6, names.Select(some => (SourceAnswer)Found([.. some.Select(one => one.ToString())]))),
            (1, Gen.Const((SourceAnswer)new NobodyFound("gone"))),
            (1, Gen.Const((SourceAnswer)new NoAnswer("timeout"))));
        return Gen.Select(answers, Gen.Int[1, 20_000], Gen.Char["abcdef"].Array[0, 6].Select(some => new string(some))).List[1, 30];
    }

    private static FoundSet After(FoundSet set, SourceAnswer answer, long now) => set.After(answer, s_alone, 1_000, now);

    private static FoundBackends Found(params string[] targets) =>
        new([.. targets.Select(target => new FoundBackend(target, 80, [IPAddress.Loopback]))], null);

    /// <summary>One backend, with these addresses.</summary>
    private static FoundBackends At(params string[] addresses) =>
        new([new FoundBackend("a", 80, addresses.Select(IPAddress.Parse).ToEquatableList())], null);

    private static string Addresses(FoundSet set) => string.Join(' ', Assert.Single(set.Backends).Addresses);

    private static IEnumerable<string> Names(FoundSet set) => set.Backends.Select(backend => backend.Name);
}
