namespace ClusterLb.Faults.Report;

/// <summary>Of latencies, in milliseconds; nearest rank, 0 where there are none.</summary>
internal sealed record Percentiles(double P50, double P99, double P999)
{
    public static Percentiles Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return new Percentiles(At(sorted, 0.5), At(sorted, 0.99), At(sorted, 0.999));
    }

    private static double At(double[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}
