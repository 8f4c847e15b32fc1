using ClusterLb.DataPlane.Http1.Wire;

namespace ClusterLb.DataPlane.Tests.Http1.Wire;

public sealed class DateLineTests
{
    private readonly WallClock _time = new() { Now = new DateTimeOffset(1994, 11, 6, 8, 49, 37, 600, TimeSpan.Zero) };

    [Fact]
    public void It_is_the_date_of_RFC_9110() =>
        Assert.Equal("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", RequestTexts.Text(new DateLine(_time).At(5)));

    [Fact]
    public void It_changes_when_its_second_is_over_and_not_before()
    {
        var date = new DateLine(_time);
        date.At(5_000);
        _time.Now += TimeSpan.FromMilliseconds(399);
        Assert.Contains(":37 GMT", RequestTexts.Text(date.At(5_399)), StringComparison.Ordinal);
        _time.Now += TimeSpan.FromMilliseconds(1);
        Assert.Contains(":38 GMT", RequestTexts.Text(date.At(5_400)), StringComparison.Ordinal);
        _time.Now += TimeSpan.FromSeconds(100);
        Assert.Contains("08:51:18 GMT", RequestTexts.Text(date.At(105_400)), StringComparison.Ordinal);
    }

    [Fact]
    public void It_allocates_nothing()
    {
        var date = new DateLine(TimeProvider.System);
        date.At(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var second = 1; second < 100; second++) date.At(second * 1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
