using System.Text;
using Peers.Proxies;
using Peers.Rows;

namespace Peers.Reporting;

/// <summary>The one table of a run.</summary>
internal static class MarkdownTable
{
    public static string Write(Results results, IReadOnlyList<Peer> peers, IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder();
        text.AppendLine("| row | proxy | figure: median (min..max) | unit | ratio to HAProxy "
            + "| requests/s | p50 ms | p99 ms | p99.9 ms | errors | peak RSS MB |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        var reference = peers.First(peer => peer.Name == PeerCatalog.Reference);
        foreach (var row in rows)
        {
            foreach (var peer in peers)
            {
                text.AppendLine(Line(row, peer, results.Of(row, peer), results.Of(row, reference)));
            }
        }

        ColdAgainstWarm(text, results, peers, rows);
        return text.ToString();
    }

    private static string Line(Row row, Peer peer, IReadOnlyList<Sample> samples, IReadOnlyList<Sample> reference)
    {
        var start = $"| {row.Name} | {peer.Name} |";
        if (samples.Count == 0)
        {
            return $"{start} not offered | | | | | | | | |";
        }

        var errors = samples.Sum(sample => sample.Load.Errors);
        if (samples.Any(sample => sample.Failed))
        {
            var first = samples.Select(sample => sample.Load.FirstError).FirstOrDefault(error => error is not null) ?? "see errors";
            return $"{start} no figure: {first} | | | | | | | {errors} | |";
        }

        var figure = Spread.Of(samples.Select(sample => row.Figure.Of(sample)));
        var pace = row.Figure == Figure.KilobytesPerConnection ? " | | | " : Pace(samples);
        return $"{start} {figure} | {row.Figure.Unit()} | {Ratio(row, samples, reference)} | {pace} | "
            + $"{errors} | {Spread.Short(samples.Max(sample => sample.PeakBytes) / 1e6)} |";
    }

    private static string Pace(IReadOnlyList<Sample> samples) => string.Join(" | ",
        Median(samples, sample => sample.Load.Requests / sample.Load.Seconds),
        Median(samples, sample => sample.Load.P50),
        Median(samples, sample => sample.Load.P99),
        Median(samples, sample => sample.Load.P999));

    /// <summary>Of the two figures of the same round, so that what the machine did in that round is in both.</summary>
    private static string Ratio(Row row, IReadOnlyList<Sample> samples, IReadOnlyList<Sample> reference) =>
        reference.Count == 0 || reference.Any(sample => sample.Failed)
            ? "none"
            : Spread.Of(samples.Zip(reference, (one, other) => row.Figure.Of(one) / row.Figure.Of(other))).ToString();

    private static string Median(IReadOnlyList<Sample> samples, Func<Sample, double> value) =>
        Spread.Short(Spread.Of(samples.Select(value)).Median);

    private static void ColdAgainstWarm(StringBuilder text, Results results, IReadOnlyList<Peer> peers, IReadOnlyList<Row> rows)
    {
        var cold = rows.FirstOrDefault(row => row.Name == RowCatalog.ColdName);
        var warm = rows.FirstOrDefault(row => row.Name == RowCatalog.WarmName);
        if (cold is null || warm is null)
        {
            return;
        }

        foreach (var peer in peers)
        {
            var first = results.Of(cold, peer);
            var later = results.Of(warm, peer);
            var ratio = first.Concat(later).Any(sample => sample.Failed)
                ? "no figure"
                : Spread.Of(first.Zip(later, (one, other) => cold.Figure.Of(one) / warm.Figure.Of(other))).ToString();
            text.AppendLine($"| cold against warm | {peer.Name} | {ratio} | ratio | | | | | | | |");
        }
    }
}
