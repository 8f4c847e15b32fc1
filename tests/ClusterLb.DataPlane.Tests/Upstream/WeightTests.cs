using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Upstream;

/// <summary>Real requests, one after the other, over one connection and with one for each.</summary>
public sealed class WeightTests
{
    private static readonly int[] s_weights = [8, 1, 1];

    [Theory]
    [InlineData("p2c", 0.02)]
    [InlineData("least-connections", 0.02)]
    [InlineData("weighted-round-robin", 0.02)]
    [InlineData("round-robin", 0.02)]
    [InlineData("random", 0.05)]
    public async Task Weights_are_shares_of_requests_that_come_one_by_one(string policy, double tolerance) =>
        await AssertSharesAsync(policy, requests: 1_000, TimeSpan.Zero, tolerance);

    // A pause of the machine is no slow backend where answers take longer than the pause; without weights each would have a third.
    [Fact]
    public async Task Weights_are_shares_also_where_backends_are_about_as_fast_as_each_other() =>
        await AssertSharesAsync("least-time", requests: 300, TimeSpan.FromMilliseconds(20), tolerance: 0.1);

    private static async Task AssertSharesAsync(string policy, int requests, TimeSpan time, double tolerance)
    {
        Reply Answer(RecordedRequest request) => Reply.Ok() with { After = Task.Delay(time) };
        await using var one = RawBackend.Start(Answer);
        await using var two = RawBackend.Start(Answer);
        await using var three = RawBackend.Start(Answer);
        RawBackend[] backends = [one, two, three];
        var pool = Configs.Pool with
        {
            Balance = policy,
            Backends = [.. backends.Select((backend, i) => Configs.Backend($"b{i + 1}", backend.EndPoint, weight: s_weights[i]))],
        };
        await using var proxy = TestDataPlane.Start(Configs.Listener, pool);
        using var client = await RawClient.ConnectAsync(proxy.EndPoint);
        for (var i = 0; i < requests; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }

        for (var i = 0; i < backends.Length; i++)
            Assert.Equal(s_weights[i] / (double)s_weights.Sum(), backends[i].Requests.Count / (double)requests, tolerance);
    }
}
