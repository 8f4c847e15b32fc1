using System.Globalization;

namespace ClusterLb.Faults.Ledger;

/// <summary>A backend wrote down, before it answered, that it had received a request.</summary>
/// <param name="Stamp">As it is on the answer, if there was one.</param>
/// <param name="Method">Of HTTP; LINE over TCP.</param>
/// <param name="Timestamp">Of <see cref="System.Diagnostics.Stopwatch"/>, which all processes of a machine share.</param>
internal sealed record Receipt(Stamp Stamp, string Method, long Timestamp)
{
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Timestamp} {Method} {Stamp}");

    /// <param name="line">Whole; the last of a process that was killed while it wrote may not be, then null is returned.</param>
    public static Receipt? Parse(string line) =>
        line.Split(' ', 3) is [var timestamp, var method, var stamp]
        && long.TryParse(timestamp, CultureInfo.InvariantCulture, out var ticks) && Stamp.Parse(stamp) is { } parsed
            ? new Receipt(parsed, method, ticks)
            : null;
}
