using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using CsCheck;

namespace ClusterLb.Core.Tests.Health;

public class FailureWindowTests
{
    private static PassiveConfig Config(int failures) => new()
    {
        Failures = failures,
        Window = TimeSpan.FromSeconds(1),
        Eject = TimeSpan.FromSeconds(10),
        MaxEject = TimeSpan.FromSeconds(300),
        MaxEjectedPercent = 50,
        Status = [],
    };

    [Fact]
    public void It_agrees_with_a_list_of_all_failures() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 600].List[0, 60]).Sample((failures, gaps) =>
        {
            var (window, all, now) = (new FailureWindow(Config(failures)), new List<long>(), 0L);
            foreach (var gap in gaps)
            {
                all.Add(now += gap);
                Assert.Equal(all.Count(time => now - time < 1_000) >= failures, window.Add(now));
            }
        });

    [Fact]
    public void Cleared_it_starts_anew()
    {
        var window = new FailureWindow(Config(2));
        Assert.False(window.Add(0));
        Assert.True(window.Add(1));
        window.Clear();
        Assert.False(window.Add(2));
        Assert.True(window.Add(3));
    }
}
