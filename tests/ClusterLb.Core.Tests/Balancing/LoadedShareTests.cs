using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Tests.Balancing;

/// <summary>What weights do while requests are in flight, from a few to many for each backend.</summary>
public sealed class LoadedShareTests
{
    private static readonly string[] s_byLoad = ["p2c", "least-connections", "least-time"];

    public static TheoryData<string, int[], int> FewClients()
    {
        var cases = new TheoryData<string, int[], int>();
        foreach (var policy in s_byLoad)
        {
            foreach (var clients in (int[])[2, 4, 8])
            {
                cases.Add(policy, [19, 1], clients);
                cases.Add(policy, [8, 1, 1], clients);
                cases.Add(policy, [5, 3, 2], clients);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(FewClients))]
    public void With_a_few_clients_weights_are_shares_too(string policy, int[] weights, int clients)
    {
        var counts = Serve(new PickerTest(policy, weights), clients, rounds: 10_000);

        for (var i = 0; i < weights.Length; i++)
        {
            var (share, got) = (weights[i] / (double)weights.Sum(), counts[i] / 10_000.0);
            Assert.True(Math.Abs(got - share) <= 0.03, $"b{i} of share {share:P1} got {got:P1}");
        }
    }

    [Theory]
    [InlineData("least-connections", 1.0)]
    [InlineData("least-time", 1.0)]
    [InlineData("p2c", 5.0)]
    public void With_many_what_is_in_flight_is_even_for_the_weights(string policy, double allowed)
    {
        int[][] pools = [[19, 1], [5, 3, 2], [.. Enumerable.Range(0, 40).Select(i => 1 + (i % 4))]];
        foreach (var weights in pools)
        {
            const int Each = 20;
            var test = new PickerTest(policy, weights);
            Serve(test, Each * weights.Sum(), rounds: 20_000);

            // The last few ends have not been made up for.
            foreach (var member in test.Members)
            {
                var off = Math.Abs((member.Load.InFlight / (double)member.Weight) - Each);
                Assert.InRange(off, 0, allowed + (1.0 / member.Weight));
            }
        }
    }

    [Fact]
    public void A_backend_that_holds_its_requests_gets_no_more_than_its_turns()
    {
        var test = new PickerTest("least-connections", [3, 3, 3, 1]);
        var held = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var picked = test.Pick()!;
            picked.TryLease(out var lease);
            if (picked.Index == 0) held++;
            else lease.Return();
        }

        Assert.InRange(held, 1, 4);
    }

    /// <summary>Every client has one request in flight; whose ends next is left to chance.</summary>
    private static int[] Serve(PickerTest test, int clients, int rounds)
    {
        var random = new LoopRandom(5);
        var counts = new int[test.Members.Length];
        List<Lease> open = [.. Enumerable.Range(0, clients).Select(_ => Taken())];
        for (var i = 0; i < rounds; i++)
        {
            var ending = random.Next(clients);
            open[ending].Return();
            open[ending] = Taken();
            counts[open[ending].Backend.Index]++;
        }

        return counts;

        Lease Taken()
        {
            Assert.True(test.Pick()!.TryLease(out var lease));
            return lease;
        }
    }
}
