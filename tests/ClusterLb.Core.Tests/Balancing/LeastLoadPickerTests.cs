using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Tests.Balancing;

public sealed class LeastLoadPickerTests
{
    private const int Members = 1_000;
    private const int Picks = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(256)]
    public void A_pick_among_many_reads_a_few_loads_however_loads_and_weights_differ(int heaviest)
    {
        var test = new PickerTest("least-connections", Members);
        test.Ramp([.. Enumerable.Range(0, Members).Select(i => 100 * (1 + (i % heaviest)))]);
        var picker = new Counting(member => StableHash.Of(member.Name) % 8);
        for (var i = 0; i < Picks; i++) Assert.NotNull(picker.Pick(new PickRequest(test.Eligible, new Tried(), false, 0, 0)));

        Assert.InRange(picker.Reads, Picks, Members + (10L * Picks));
    }

    [Fact]
    public void When_most_loads_have_risen_since_they_were_read_the_least_of_all_is_found()
    {
        var test = new PickerTest("least-connections", Members);
        var busy = 1.0;
        var picker = new Counting(member => member.Index == 700 ? 5 : busy + member.Index);
        var request = new PickRequest(test.Eligible, new Tried(), false, 0, 0);
        Assert.Equal(0, picker.Pick(request)!.Index);

        busy = 10;
        Assert.Equal(700, picker.Pick(request)!.Index);
    }

    private sealed class Counting(Func<Backend, double> loadOf) : LeastLoadPicker(Members, new LoopRandom(1))
    {
        public long Reads { get; private set; }

        protected override (double Load, bool IsOwed) LoadOf(Backend candidate, double inFlight, long nowMilliseconds)
        {
            Reads++;
            return (loadOf(candidate) + 1, true);
        }
    }
}
