using System.Globalization;

namespace ClusterLb.Faults.Backends;

/// <summary>How a backend behaves; it is told over its standard input, one line each.</summary>
/// <param name="Slowness">Its work takes so many times as long; 1 = as usual.</param>
/// <param name="ResetEvery">Of so many answers one is reset in its middle; 0 = none.</param>
public sealed record Behaviour(int Slowness, int ResetEvery)
{
    public static Behaviour Usual { get; } = new(1, 0);

    /// <param name="line">As <see cref="ToString"/> writes it.</param>
    public static Behaviour Parse(string line) => line.Split(' ') is [var slowness, var reset]
        ? new Behaviour(int.Parse(slowness, CultureInfo.InvariantCulture), int.Parse(reset, CultureInfo.InvariantCulture))
        : Usual;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Slowness} {ResetEvery}");
}
