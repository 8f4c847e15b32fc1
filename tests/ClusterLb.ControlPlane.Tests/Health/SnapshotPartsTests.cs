using System.Collections.Immutable;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class SnapshotPartsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1_000, 1)]
    [InlineData(2_500, 3)]
    public void What_is_cut_up_is_put_together_in_any_order_on_another_clock(int backends, int parts)
    {
        var sent = SnapshotParts.Split(Snapshot(7, backends), now: 1_000);
        Assert.Equal(parts, sent.Count);
        var assembler = new SnapshotAssembler();
        HealthSnapshot? whole = null;
        foreach (var part in sent.Reverse())
        {
            Assert.Null(whole);
            whole = assembler.Add(part, now: 5_000_000);
        }

        Assert.Equal((3, 7, backends), (whole!.Term, whole.Sequence, whole.Verdicts.Count));
        if (backends > 0)
        {
            Assert.Equal(new BackendVerdict(new CheckState(ActiveHealth.GoingDown, 2, 5_000_000 - 900), 5_000_000 - 400, "because"),
                whole.Verdicts["app/b0"]);
        }
    }

    [Fact]
    public void Parts_of_two_snapshots_are_never_mixed()
    {
        var (older, newer) = (SnapshotParts.Split(Snapshot(1, 1_500), 0), SnapshotParts.Split(Snapshot(2, 1_500), 0));
        var assembler = new SnapshotAssembler();

        Assert.Null(assembler.Add(older[0], 0));
        Assert.Null(assembler.Add(newer[1], 0));
        Assert.Null(assembler.Add(older[1], 0));
        Assert.Equal(2, assembler.Add(newer[0], 0)!.Sequence);
    }

    [Fact]
    public void Nonsense_is_dropped() =>
        Assert.Null(new SnapshotAssembler().Add(SnapshotParts.Split(Snapshot(1, 1), 0)[0] with { Part = 4 }, 0));

    private static HealthSnapshot Snapshot(long sequence, int backends) =>
        new(3, sequence, Enumerable.Range(0, backends).ToImmutableDictionary(
        i => $"app/b{i}", _ => new BackendVerdict(new CheckState(ActiveHealth.GoingDown, 2, 100), 600, "because")));
}
