using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;
using CsCheck;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>What holds for every policy, whatever it is good at.</summary>
public sealed class EveryPolicyTests
{
    public static TheoryData<string> Names() => new(Policies.Default.Names);

    // A request is tried at most ten times.
    private static Gen<int[]> Tries => Gen.Int[0, 59].Array[0, 10];

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_acceptable_backends_are_picked_and_one_is_found_whenever_there_is_one(string policy) =>
        Gen.Select(Gen.Int[1, 60], Gen.ULong, Tries, Gen.ULong).Sample((count, excluded, tries, key) =>
        {
            var test = new PickerTest(policy, count);
            test.Exclude([.. Enumerable.Range(0, count).Where(i => (excluded >> i & 1) == 1)]);
            var triedBits = tries.Aggregate(0UL, (bits, i) => bits | (1UL << i));
            var tried = new Tried();
            foreach (var member in test.Members)
            {
                if ((triedBits >> member.Index & 1) == 1) tried.Add(member);
            }

            var acceptable = test.Members.Where(m => (excluded >> m.Index & 1) == 0 && (triedBits >> m.Index & 1) == 0).ToList();
            var picked = test.Pick(tried, key);
            return acceptable.Count == 0 ? picked is null : picked is not null && acceptable.Contains(picked);
        });

    [Theory]
    [MemberData(nameof(Names))]
    public void A_full_backend_is_passed_over(string policy)
    {
        var full = new Core.Backends.Backend("app", "full", new System.Net.IPEndPoint(1, 1), 0, 1, maxInFlight: 1);
        var free = new Core.Backends.Backend("app", "free", new System.Net.IPEndPoint(1, 2), 1, 1, maxInFlight: 0);
        var picker = Policies.Default.Get(policy).Build(ClusterLb.Testing.Configs.Pool, [full, free]).CreatePicker(new LoopRandom(1));
        var eligible = new Eligibility([full, free], [100, 100], failOpen: false);
        Assert.True(full.TryLease(out _));

        for (ulong key = 0; key < 100; key++)
            Assert.Same(free, picker.Pick(new PickRequest(eligible, new Tried(), true, key * 0x9E3779B97F4A7C15, 0)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Work_of_the_other_nodes_fills_no_backend(string policy)
    {
        var test = new PickerTest(policy, 1, maxInFlight: 1);
        test.Members[0].Load.SetRemote(1_000, nodes: 2);

        Assert.Same(test.Members[0], test.Pick(42));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_eligible_is_nothing_picked(string policy)
    {
        var test = new PickerTest(policy, 3);
        test.Exclude(0, 1, 2);

        Assert.Null(test.Pick());
        Assert.Null(test.Pick(42));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_pick_allocates_nothing(string policy)
    {
        var test = new PickerTest(policy, 20);
        foreach (var member in test.Members) member.Load.SetRemote(member.Index, nodes: 3);
        for (ulong i = 0; i < 100; i++) test.Pick(i);
        test = new PickerTest(policy, 100);
        for (ulong i = 0; i < 100; i++) test.Pick(i);

        // The least of some runs: the runtime, compiling the loop anew, may allocate on this thread once; a pick that allocates always
        // does.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => AllocatedBy(test)));
    }

    private static long AllocatedBy(PickerTest test)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong i = 0; i < 10_000; i++) test.Pick(i);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Theory]
    [InlineData("random")]
    [InlineData("p2c")]
    [InlineData("round-robin")]
    public void Over_equal_backends_65k_draws_are_even(string policy)
    {
        var counts = new PickerTest(policy, 10).Counts(65_000);

        // 9 degrees of freedom: 27.88 is exceeded once in a thousand by chance; the seed is fixed.
        Assert.True(PickerTest.ChiSquare(counts, [.. Enumerable.Repeat(1.0, 10)]) < 27.88, string.Join(" ", counts));
    }

    [Theory]
    [InlineData("random")]
    [InlineData("weighted-round-robin")]
    public void Weights_are_shares(string policy)
    {
        int[] weights = [5, 1, 3, 1];
        var counts = new PickerTest(policy, weights).Counts(65_000);

        // 3 degrees of freedom, one in a thousand.
        Assert.True(PickerTest.ChiSquare(counts, [.. weights.Select(weight => (double)weight)]) < 16.27, string.Join(" ", counts));
    }
}
