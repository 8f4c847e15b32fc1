using ClusterLb.Core.Backends;
using CsCheck;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class LeastConnectionsPolicyTests
{
    [Fact]
    public void The_least_loaded_for_its_weight_is_picked() =>
        Gen.Select(Gen.Int[1, 5].Array[1, 10], Gen.Int[0, 20].Array[10]).Sample((weights, loads) =>
    {
        var test = new PickerTest("least-connections", weights);
        foreach (var member in test.Members) Load(member, loads[member.Index]);
        var picked = test.Pick()!;
        var least = test.Members.Min(member => (member.Load.InFlight + 1) / (double)member.Weight);

        return (picked.Load.InFlight + 1) / (double)picked.Weight <= least + 1e-9;
    });

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void What_the_other_nodes_have_in_flight_counts(int backends)
    {
        var test = new PickerTest("least-connections", backends);
        foreach (var member in test.Members) member.Load.SetRemote(member.Index == 2 ? 0 : 20, nodes: 4);
        // A round of reading what fell.
        for (var i = 0; i < backends; i++) test.Pick();
        Assert.Equal(2, test.Pick()!.Index);

        // This node makes up for its part of what the others see as well: a quarter of 20.
        Load(test.Members[2], 6);
        Assert.NotEqual(2, test.Pick()!.Index);
    }

    [Fact]
    public void Nodes_that_hear_the_same_do_not_all_take_the_same_backends()
    {
        var firsts = Enumerable.Range(1, 32).Select(seed =>
        {
            var test = new PickerTest("least-connections", 50, seed: (ulong)seed);
            foreach (var member in test.Members) member.Load.SetRemote(8 + (member.Index % 5), nodes: 32);
            return test.Pick()!.Index;
        });

        Assert.InRange(firsts.Distinct().Count(), 10, 32);
    }

    [Fact]
    public void Ties_are_spread() => Assert.All(new PickerTest("least-connections", 4).Counts(400), count => Assert.Equal(100, count));

    [Fact]
    public void Ties_are_still_spread_after_millions_of_picks()
    {
        // As many as the turn in a key can tell apart.
        var test = new PickerTest("least-connections", 2);
        for (var i = 0; i < 1 << 24; i++) test.Pick();

        Assert.All(test.Counts(400), count => Assert.InRange(count, 199, 201));
    }

    [Theory]
    [InlineData(17)]
    [InlineData(200)]
    [InlineData(1_000)]
    public void Among_many_the_load_stays_as_even_as_a_look_at_all_would_keep_it(int backends)
    {
        const int Each = 10;
        var test = new PickerTest("least-connections", backends);
        var random = new Core.Numerics.LoopRandom(7);
        var open = new List<Lease>();
        for (var i = 0; i < backends * Each; i++) open.Add(Taken(test.Pick()!));
        for (var i = 0; i < backends * Each * 4; i++)
        {
            // Somebody ends by chance and somebody new comes.
            var ending = random.Next(open.Count);
            open[ending].Return();
            open[ending] = Taken(test.Pick()!);
        }

        // A look at all keeps it within 1; the last few ends may not have been noticed yet.
        Assert.InRange(test.Members.Max(member => member.Load.InFlight), Each, Each + 1);
        Assert.InRange(test.Members.Average(member => Math.Abs(member.Load.InFlight - Each)), 0, 0.5);
    }

    [Fact]
    public void Among_many_ties_are_spread() =>
        Assert.All(new PickerTest("least-connections", 100).Counts(1_000), count => Assert.Equal(10, count));

    [Fact]
    public void Among_many_a_full_one_is_back_in_the_game_once_it_has_room()
    {
        var test = new PickerTest("least-connections", 40, maxInFlight: 1);
        List<Lease> open = [.. Enumerable.Range(0, 40).Select(_ => Taken(test.Pick()!))];
        Assert.Null(test.Pick());
        open[33].Return();

        Assert.Equal(open[33].Backend, test.Pick());
    }

    private static Lease Taken(Backend backend)
    {
        Assert.True(backend.TryLease(out var lease));
        return lease;
    }

    private static void Load(Backend backend, int count)
    {
        for (var i = 0; i < count; i++) backend.TryLease(out _);
    }
}
