using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Protocol;
using CsCheck;

namespace ClusterLb.ControlPlane.Tests.Backends;

public sealed class GaugeTableTests
{
    [Fact]
    public void A_new_vector_replaces_the_old_one_and_says_what_changed()
    {
        var table = new GaugeTable();
        table.Replace("lb2", [new Gauge("app/b1", 3), new Gauge("app/b2", 1)]);
        table.Replace("lb3", [new Gauge("app/b1", 4)]);

        var touched = table.Replace("lb2", [new Gauge("app/b1", 1)]);

        Assert.Equal(["app/b1", "app/b2"], touched.Order());
        Assert.Equal((5, 0), (table.TotalOf("app/b1"), table.TotalOf("app/b2")));
        Assert.Equal(["app/b1"], table.Drop("lb3"));
        Assert.Equal(1, table.TotalOf("app/b1"));
    }

    [Fact]
    public void Totals_are_the_sums_of_the_last_vectors_whatever_came_before() =>
        Gen.Select(Gen.Int[0, 3], Gen.Select(Gen.Int[0, 4], Gen.Int[1, 9]).List[0, 5]).List[1, 40].Sample(history =>
        {
            var table = new GaugeTable();
            var last = new Dictionary<string, List<Gauge>>();
            foreach (var (node, vector) in history)
            {
                List<Gauge> gauges = [.. vector.DistinctBy(gauge => gauge.Item1)
                    .Select(gauge => new Gauge($"app/b{gauge.Item1}", gauge.Item2))];
                last[$"lb{node}"] = gauges;
                table.Replace($"lb{node}", gauges);
            }

            return Enumerable.Range(0, 5)
                .All(i => table.TotalOf($"app/b{i}") == last.Values.SelectMany(gauges => gauges)
                .Where(gauge => gauge.Backend == $"app/b{i}").Sum(gauge => gauge.InFlight));
        });
}
