using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Testing;
using CsCheck;
using Xunit.Abstractions;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>Weights that change under policies that hash: only the keys that must move do.</summary>
public sealed class HashWeightTests(ITestOutputHelper output)
{
    private const int Keys = 4_000;

    // Weights, the member that changes, its other weight.
    private static readonly Gen<(int[], int, int)> s_change = Gen.Select(Gen.Int[1, 9].Array[2, 12], Gen.Int[0, 11], Gen.Int[0, 20]);

    public static TheoryData<HashAlgorithm> Algorithms => [HashAlgorithm.Maglev, HashAlgorithm.Ring];

    [Fact]
    public void On_a_ring_another_weight_moves_keys_only_to_or_from_its_backend() => s_change.Sample((weights, which, weight) =>
    {
        var (test, changed) = (Test(HashAlgorithm.Ring, weights), which % weights.Length);
        var before = test.Owners(Keys);
        test.Weigh(With(weights, changed, weight));

        return MovedBetweenOthers(before, test.Owners(Keys), changed) == 0;
    }, iter: 60);

    [Fact]
    public void With_Maglev_less_than_configured_moves_keys_only_from_its_backend_and_they_come_back() => s_change.Sample(
        (weights, which, weight) =>
        {
            var (test, changed) = (Test(HashAlgorithm.Maglev, weights), which % weights.Length);
            var before = test.Owners(Keys);
            test.Weigh(With(weights, changed, weight % weights[changed]));
            var after = test.Owners(Keys);
            test.Weigh(weights);

            return before.Zip(after).All(pair => pair.First == pair.Second || pair.First == $"b{changed}")
                && before.SequenceEqual(test.Owners(Keys));
        }, iter: 60);

    [Fact]
    public void With_Maglev_more_than_configured_moves_few_keys_between_others_and_all_come_back()
    {
        var most = 0.0;
        foreach (var backends in (int[])[3, 10, 100])
        {
            foreach (var weight in (int[])[2, 3, 10])
            {
                int[] weights = [.. Enumerable.Repeat(1, backends)];
                var test = Test(HashAlgorithm.Maglev, weights);
                var before = test.Owners(20_000);
                test.Weigh(With(weights, 1, weight));
                var moved = MovedBetweenOthers(before, test.Owners(20_000), 1) / 20_000.0;
                output.WriteLine($"{backends} backends, one from 1 to {weight}: {moved:P2} of all keys moved between others");
                most = Math.Max(most, moved);
                test.Weigh(weights);

                Assert.Equal(before, test.Owners(20_000));
            }
        }

        Assert.InRange(most, 0, 0.03);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_slow_start_takes_its_keys_back_little_by_little_and_moves_no_others(HashAlgorithm algorithm)
    {
        var test = Test(algorithm, [1, 2, 1, 3]);
        var whole = test.Owners(Keys);
        test.Ramp(100, 0, 100, 300);
        var before = test.Owners(Keys);
        for (var percent = 10; percent <= 100; percent += 10)
        {
            test.Ramp(100, 2 * percent, 100, 300);
            var now = test.Owners(Keys);
            // Whoever moved came home.
            Assert.All(before.Zip(now).Where(pair => pair.First != pair.Second), pair => Assert.Equal("b1", pair.Second));
            // A ring of a few hundred points is less even.
            var tolerance = algorithm == HashAlgorithm.Maglev ? 0.02 : 0.1;
            Assert.Equal(2 * percent / (500.0 + (2 * percent)), now.Count(owner => owner == "b1") / (double)Keys, tolerance);
            before = now;
        }

        Assert.Equal(whole, before);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Nodes_with_the_same_weights_agree_whatever_they_were_before_and_however_the_file_is_ordered(HashAlgorithm algorithm) =>
        Gen.Select(Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 9]).Array[2, 8], Gen.Int[1, 100]).Sample((backends, percent) =>
        {
            var (configured, earlier, wanted) = (Of(all => all.Item1), Of(all => all.Item2), Of(all => all.Item3));
            int[] now = [wanted[0] * percent, .. wanted.Skip(1).Select(weight => weight * 100)];
            var count = backends.Length;
            Backend[] one = [.. configured.Select((weight, i) => Member(i, i, weight))];
            Backend[] other = [.. configured.Select((weight, i) => Member(i, count - 1 - i, weight)).Reverse()];
            var (first, second) = (Source(algorithm, one), Source(algorithm, other));
            // The one node has been told something else before.
            first.Weigh(earlier);
            first.Weigh(wanted);
            second.Weigh([.. wanted.Reverse()]);

            return Owners(first, new Eligibility(one, now, failOpen: false))
                .SequenceEqual(Owners(second, new Eligibility(other, [.. now.Reverse()], failOpen: false)));

            int[] Of(Func<(int, int, int), int> which) => [.. backends.Select(which)];
        }, iter: 40);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Where_few_of_many_are_left_weights_are_shares_as_well(HashAlgorithm algorithm)
    {
        var test = Test(algorithm, [1, 3, .. Enumerable.Repeat(1, 298)]);
        test.Ramp([100, 300, .. Enumerable.Repeat(0, 298)]);

        Assert.Equal(0.75, test.Owners(Keys).Count(owner => owner == "b1") / (double)Keys, 0.03);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Whoever_is_picked_is_the_first_of_the_keys_order_that_can_be(HashAlgorithm algorithm) =>
        Gen.Select(Gen.Int[1, 9].Array[2, 30], Gen.Int[0, 100].Array[30], Gen.ULong).Sample((weights, percents, key) =>
        {
            Backend[] members = [.. weights.Select((weight, i) => Member(i, i, weight))];
            var eligible = new Eligibility(members, [.. weights.Select((weight, i) => weight * percents[i])], failOpen: false);
            var source = Source(algorithm, members);
            var picked = source.CreatePicker(new LoopRandom(1)).Pick(new PickRequest(eligible, new Tried(), true, key, 0));
            var order = source.OrderOf(key, eligible);

            return order.Count == members.Length && order.Distinct().Count() == members.Length
                && picked == order.FirstOrDefault(eligible.Contains);
        }, iter: 100);

    [Fact]
    public void A_slow_start_and_less_than_configured_build_no_table()
    {
        var tables = new HashTableHolder(Hash(HashAlgorithm.Maglev), new PickerTest("random", [4, 4, 4]).Members);
        var built = tables.Current;
        tables.Weigh([4, 1, 4]);
        tables.Weigh([4, 0, 4]);
        Assert.Same(built, tables.Current);

        tables.Weigh([4, 5, 4]);
        Assert.NotSame(built, tables.Current);
    }

    private static int MovedBetweenOthers(string[] before, string[] after, int changed) =>
        before.Zip(after).Count(pair => pair.First != pair.Second && pair.First != $"b{changed}" && pair.Second != $"b{changed}");

    private static int[] With(int[] weights, int changed, int weight) => [.. weights.Select((one, i) => i == changed ? weight : one)];

    private static Backend Member(int name, int index, int weight) =>
        new("app", $"b{name}", new System.Net.IPEndPoint(1, name + 1), index, weight, 0);

    private static PickerTest Test(HashAlgorithm algorithm, int[] weights) => new("consistent-hash", weights, Hash(algorithm));

    private static IPickerSource Source(HashAlgorithm algorithm, Backend[] members) =>
        Policies.Default.Get("consistent-hash").Build(Configs.Pool with { Hash = Hash(algorithm) }, members);

    private static string?[] Owners(IPickerSource source, Eligibility eligible)
    {
        var picker = source.CreatePicker(new LoopRandom(1));
        return [.. Enumerable.Range(0, 500).Select(Owner)];

        string? Owner(int key) => picker.Pick(new PickRequest(eligible, new Tried(), true, StableHash.Of($"key-{key}"), 0))?.Name;
    }

    private static HashConfig Hash(HashAlgorithm algorithm) =>
        Configs.Pool.Hash with { Algorithm = algorithm, VirtualNodes = 40, LoadBound = 0 };
}
