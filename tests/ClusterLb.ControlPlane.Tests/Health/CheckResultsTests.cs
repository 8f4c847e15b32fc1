using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class CheckResultsTests
{
    private int _soon;
    private int _now;

    [Fact]
    public void Several_passes_ask_for_one_turn_soon_and_each_failure_for_one_now()
    {
        var results = new CheckResults(() => _soon++, () => _now++);
        for (var i = 0; i < 3; i++) results.Add(new CheckDone($"up{i}", new CheckResult(true, "connected"), 0));
        Assert.Equal((1, 0), (_soon, _now));
        results.Add(new CheckDone("down", new CheckResult(false, "connect refused"), 0));
        Assert.Equal((1, 1), (_soon, _now));

        Assert.Equal(["up0", "up1", "up2", "down"], results.Take().Select(done => done.Backend));
        Assert.Empty(results.Take());
        results.Add(new CheckDone("up0", new CheckResult(true, "connected"), 0));
        Assert.Equal((2, 1), (_soon, _now));
    }

    [Fact]
    public async Task No_result_waits_without_having_asked()
    {
        using var asked = new SemaphoreSlim(0);
        var results = new CheckResults(() => asked.Release(), () => { });
        const int Count = 50_000;
        var adding = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++) results.Add(new CheckDone("a", new CheckResult(true, "connected"), 0));
        });

        var taken = 0;
        while (taken < Count)
        {
            Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(10)), $"{taken} taken, the rest waits");
            taken += results.Take().Count();
        }

        await adding;
        Assert.Equal(Count, taken);
    }
}
