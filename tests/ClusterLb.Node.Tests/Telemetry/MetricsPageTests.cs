using System.Text;
using ClusterLb.Node.Telemetry;
using ClusterLb.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Telemetry;

public sealed class MetricsPageTests
{
    [Fact]
    public async Task Who_asks_while_it_is_written_gets_the_same_page()
    {
        using var source = new Source();
        var page = new MetricsPage([source], TimeProvider.System);

        var asked = Enumerable.Range(0, 100).Select(_ => page.ReadAsync()).ToArray();
        source.Go();
        var texts = await Task.WhenAll(asked);

        Assert.Equal(1, source.Written);
        Assert.All(texts, text => Assert.Contains("written 1\n", Text(text), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(5, 50)]
    [InlineData(500, 1_000)]
    public async Task It_is_written_anew_after_ten_times_as_long_as_it_took_and_not_above_a_second(int takes, int rests)
    {
        using var source = new Source { Takes = TimeSpan.FromMilliseconds(takes) };
        source.Go();
        var page = new MetricsPage([source], source.Time);
        await page.ReadAsync();

        source.Time.Advance(TimeSpan.FromMilliseconds(rests - 1));
        await page.ReadAsync();
        Assert.Equal(1, source.Written);
        source.Time.Advance(TimeSpan.FromMilliseconds(1));

        await Eventually.Is(async () => Text(await page.ReadAsync()).Contains("written 2\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_that_fails_does_not_fail_for_ever()
    {
        using var source = new Source { Fails = 1 };
        source.Go();
        var page = new MetricsPage([source], TimeProvider.System);

        await Assert.ThrowsAsync<InvalidOperationException>(page.ReadAsync);

        await Eventually.Is(async () =>
        {
            try
            {
                return (await page.ReadAsync()).Length > 0;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        });
    }

    private static string Text(ReadOnlyMemory<byte> page) => Encoding.UTF8.GetString(page.Span);

    private sealed class Source : IMetricSource, IDisposable
    {
        private readonly ManualResetEventSlim _go = new();

        public int Written { get; private set; }

        public int Fails { get; init; }

        public FakeTimeProvider Time { get; } = new();

        /// <summary>By that clock.</summary>
        public TimeSpan Takes { get; init; }

        public void Go() => _go.Set();

        public void Write(MetricWriter metrics)
        {
            _go.Wait();
            Time.Advance(Takes);
            if (++Written <= Fails) throw new InvalidOperationException("a bug");
            metrics.Gauge("written", "How often.", new Sample(Written));
        }

        public void Dispose() => _go.Dispose();
    }
}
