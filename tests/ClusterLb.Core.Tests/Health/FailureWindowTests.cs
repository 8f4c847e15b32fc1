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

    /// <summary>Client 0 stands for what is certain.</summary>
    [Fact]
    public void With_suspicions_it_agrees_with_a_list_of_all_that_was_said() =>
        Gen.Select(Gen.Int[1, 6], Gen.Select(Gen.Int[0, 400], Gen.ULong[0, 4], Gen.Int[0, 9]).List[0, 60]).Sample((failures, said) =>
        {
            var (window, all, now) = (new FailureWindow(Config(failures)), new List<(long Time, ulong Client)>(), 0L);
            foreach (var (gap, client, served) in said)
            {
                now += gap;
                if (served == 0)
                {
                    window.Refute();
                    all.RemoveAll(entry => entry.Client != 0);
                }

                all.Add((now, client));
                var counted = all.Where(entry => now - entry.Time < 1_000).ToList();
                var certain = counted.Count(entry => entry.Client == 0);
                var voices = counted.Where(entry => entry.Client != 0).Select(entry => entry.Client).Distinct().Count();
                var expected = certain + voices >= failures && (certain > 0 || voices > 1);
                Assert.Equal(expected, client == 0 ? window.Add(now) : window.Suspect(client, now));
                if (!expected) continue;
                window.Clear();
                all.Clear();
            }
        });

    [Fact]
    public void It_has_suspicions_until_they_are_refuted_or_all_is_cleared()
    {
        var window = new FailureWindow(Config(9));
        window.Add(0);
        Assert.False(window.HasSuspicions);
        window.Suspect(client: 7, 1);
        Assert.True(window.HasSuspicions);
        window.Refute();
        Assert.False(window.HasSuspicions);
        window.Suspect(client: 7, 2);
        Assert.True(window.HasSuspicions);
        window.Clear();
        Assert.False(window.HasSuspicions);
    }

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
