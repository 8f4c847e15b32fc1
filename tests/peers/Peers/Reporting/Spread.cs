using System.Globalization;

namespace Peers.Reporting;

/// <summary>Median and range of what was measured several times.</summary>
internal sealed record Spread(double Median, double Least, double Most)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }

    /// <summary>"20.1 (19.8..20.6)", with as many digits as say something.</summary>
    public override string ToString() => $"{Short(Median)} ({Short(Least)}..{Short(Most)})";

    public static string Short(double value)
    {
        var digits = Math.Abs(value) switch { >= 100 => 0, >= 10 => 1, >= 0.1 => 2, _ => 3 };
        return value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
