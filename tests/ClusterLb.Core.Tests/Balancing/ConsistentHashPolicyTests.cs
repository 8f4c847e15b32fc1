using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class ConsistentHashPolicyTests
{
    private const int Keys = 20_000;

    public static TheoryData<HashAlgorithm, double> Algorithms() => new() { { HashAlgorithm.Maglev, 0.03 }, { HashAlgorithm.Ring, 0.01 } };

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Only_the_keys_of_a_backend_that_leaves_move_and_they_come_back_with_it(HashAlgorithm algorithm, double allowance)
    {
        _ = allowance;
        var test = new PickerTest("consistent-hash", 10, Hash(algorithm));
        var before = test.Owners(Keys);
        test.Exclude(3);
        var without = test.Owners(Keys);
        test.Exclude();

        Assert.All(before.Zip(without).Where(pair => pair.First != "b3"), pair => Assert.Equal(pair.First, pair.Second));
        Assert.Equal(before, test.Owners(Keys));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_member_removed_from_the_configuration_moves_few_keys_but_its_own(HashAlgorithm algorithm, double allowance)
    {
        var ten = new PickerTest("consistent-hash", 10, Hash(algorithm)).Owners(Keys);
        var nine = new PickerTest("consistent-hash", 9, Hash(algorithm)).Owners(Keys);

        var moved = ten.Zip(nine).Count(pair => pair.First != pair.Second) / (double)Keys;
        Assert.True(moved <= ten.Count(owner => owner == "b9") / (double)Keys + allowance, $"{moved:P1} moved");
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Keys_are_spread_by_weight(HashAlgorithm algorithm, double allowance)
    {
        _ = allowance;
        var owners = new PickerTest("consistent-hash", [1, 2, 1], Hash(algorithm)).Owners(Keys);

        Assert.InRange(owners.Count(owner => owner == "b1") / (double)Keys, 0.42, 0.58);
        Assert.InRange(owners.Count(owner => owner == "b0") / (double)Keys, 0.19, 0.31);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void The_order_in_the_file_does_not_matter(HashAlgorithm algorithm, double allowance)
    {
        _ = allowance;
        Backend[] members = [.. Enumerable.Range(0, 7)
            .Select(i => new Backend("app", $"b{i}", new System.Net.IPEndPoint(1, i + 1), i, 1, 0))];
        Backend[] shuffled = [.. members.Reverse().Select((member, i) => new Backend("app", member.Name, member.EndPoint, i, 1, 0))];

        Assert.Equal(Owners(members), Owners(shuffled));

        List<string> Owners(Backend[] backends)
        {
            var picker = Policies.Default.Get("consistent-hash").Build(Configs.Pool with { Hash = Hash(algorithm) }, backends)
                .CreatePicker(new LoopRandom(1));
            var eligible = new Eligibility(backends, [.. backends.Select(_ => 100)], failOpen: false);
            return [.. Enumerable.Range(0, 5_000)
                .Select(i => picker.Pick(new PickRequest(eligible, new Tried(), true, StableHash.Of($"key-{i}"), 0))!.Name)];
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Nobody_is_loaded_above_the_bound_even_by_one_hot_key(HashAlgorithm algorithm, double allowance)
    {
        _ = allowance;
        var test = new PickerTest("consistent-hash", 10, Hash(algorithm) with { LoadBound = 1.25 });
        for (var i = 1; i <= 1_000; i++)
        {
            test.Pick(42)!.TryLease(out _);
            // Sums are refreshed every few picks, so the bound may be one request behind.
            Assert.True(test.Members.Max(member => member.Load.InFlight) <= Math.Ceiling(1.25 * i / 10) + 1);
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void What_the_other_nodes_have_in_flight_counts_towards_the_bound(HashAlgorithm algorithm, double allowance)
    {
        _ = allowance;
        var test = new PickerTest("consistent-hash", 3, Hash(algorithm) with { LoadBound = 1.25 });
        var own = test.Pick(42)!;
        own.Load.SetRemote(10, nodes: 2);
        Assert.NotSame(own, test.Pick(42));

        foreach (var member in test.Members) member.Load.SetRemote(10, nodes: 2);
        Assert.Same(own, test.Pick(42));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Where_few_of_many_are_left_the_order_in_the_file_does_not_matter_either(HashAlgorithm algorithm, double allowance)
    {
        _ = allowance;
        Backend[] members = [.. Enumerable.Range(0, 500)
            .Select(i => new Backend("app", $"b{i}", new System.Net.IPEndPoint(1, i + 1), i, 1, 0))];
        Backend[] shuffled = [.. members.Reverse().Select((member, i) => new Backend("app", member.Name, member.EndPoint, i, 1, 0))];
        string[] left = ["b3", "b77", "b400"];
        var owners = OwnersAmong(left, members, algorithm);

        Assert.Equal(owners, OwnersAmong(left, shuffled, algorithm));
        Assert.All(left, name => Assert.InRange(owners.Count(owner => owner == name), 500, 1_200));
        // Of two that are left, only the keys of the third have moved.
        var without = OwnersAmong(["b3", "b400"], members, algorithm);
        Assert.All(owners.Zip(without).Where(pair => pair.First != "b77"), pair => Assert.Equal(pair.First, pair.Second));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Nobody_to_pick_is_found_out_without_walking_the_table(HashAlgorithm algorithm, double allowance)
    {
        _ = allowance;
        var nobody = new PickerTest("consistent-hash", 20, Hash(algorithm) with { VirtualNodes = 5_000 });
        var full = new PickerTest("consistent-hash", 20, Hash(algorithm) with { VirtualNodes = 5_000 }, maxInFlight: 1);
        nobody.Exclude([.. Enumerable.Range(0, 20)]);
        foreach (var member in full.Members) member.TryLease(out _);

        // Of the fastest of three rounds, so that nobody who takes the processor meanwhile is counted; a walk each would be more than a
        // hundred million steps.
        Assert.InRange(Enumerable.Range(0, 3).Min(_ => RoundMilliseconds()), 0, 1_000);

        double RoundMilliseconds()
        {
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            for (ulong key = 0; key < 2_000; key++)
            {
                Assert.Null(nobody.Pick(key));
                Assert.Null(full.Pick(key));
            }

            return System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    [Fact]
    public void Without_the_key_requests_are_spread() =>
        Assert.All(new PickerTest("consistent-hash", 5).Counts(5_000), count => Assert.InRange(count, 900, 1_100));

    private static List<string> OwnersAmong(string[] left, Backend[] members, HashAlgorithm algorithm)
    {
        var picker = Policies.Default.Get("consistent-hash").Build(Configs.Pool with { Hash = Hash(algorithm) }, members)
            .CreatePicker(new LoopRandom(1));
        var eligible = new Eligibility(members, [.. members.Select(member => left.Contains(member.Name) ? 100 : 0)], failOpen: false);
        return [.. Enumerable.Range(0, 2_400)
            .Select(i => picker.Pick(new PickRequest(eligible, new Tried(), true, StableHash.Of($"key-{i}"), 0))!.Name)];
    }

    private static HashConfig Hash(HashAlgorithm algorithm) => Configs.Pool.Hash with { Algorithm = algorithm, LoadBound = 0 };
}
