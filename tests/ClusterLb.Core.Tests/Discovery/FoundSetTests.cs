using System.Net;
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
        Assert.Equal(new Hold(1_000, 3, 2), set.Held);
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
    public void Whatever_answers_come_nobody_leaves_who_was_named_and_no_more_than_half_leave_within_30_seconds_of_being_named() =>
        Steps().Sample(steps =>
        {
            var (set, now) = (FoundSet.NotAsked, 0L);
            var namedAt = new Dictionary<string, long>();
            foreach (var (answer, pause, dead) in steps)
            {
                now += pause;
                var before = set;
                set = before.After(answer, new PoolAround(0, name => dead.Contains(name[..1], StringComparison.Ordinal)), 6, now);
                if (answer is FoundBackends found)
                {
                    foreach (var backend in found.Backends) namedAt[backend.Name] = now;
                    Assert.True(found.Backends.Count > 6 || found.Backends.All(set.Backends.Contains), "somebody named is missing");
                }

                var gone = Names(before).Except(Names(set)).ToList();
                if (answer is NoAnswer) Assert.Empty(gone);
                if (answer is NobodyFound) Assert.All(gone, name => Assert.Contains(name[..1], dead, StringComparison.Ordinal));
                // More than half of them at once had been missing for 30 s.
                if (answer is FoundBackends { Backends.Count: <= 6 } && before.Held is null && gone.Count * 2 > before.Backends.Count)
                    Assert.Fail("more than half left with the first answer that lacked them");
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

    private static IEnumerable<string> Names(FoundSet set) => set.Backends.Select(backend => backend.Name);
}
