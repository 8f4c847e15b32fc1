using ClusterLb.Core.Backends;
using CsCheck;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class LeastConnectionsPolicyTests
{
    [Fact]
    public void The_least_loaded_for_its_weight_is_picked() => Gen.Select(Gen.Int[1, 5].Array[1, 10], Gen.Int[0, 20].Array[10]).Sample((weights, loads) =>
    {
        var test = new PickerTest("least-connections", weights);
        foreach (var member in test.Members) Load(member, loads[member.Index]);
        var picked = test.Pick()!;
        var least = test.Members.Min(member => (member.Load.InFlight + 1) / (double)member.Weight);

        return (picked.Load.InFlight + 1) / (double)picked.Weight <= least + 1e-9;
    });

    [Fact]
    public void Ties_are_spread() => Assert.All(new PickerTest("least-connections", 4).Counts(400), count => Assert.Equal(100, count));

    private static void Load(Backend backend, int count)
    {
        for (var i = 0; i < count; i++) backend.TryLease(out _);
    }
}
