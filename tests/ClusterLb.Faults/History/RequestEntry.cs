using System.Globalization;

namespace ClusterLb.Faults.History;

/// <summary>One request as its client saw it.</summary>
/// <param name="Session">Whose.</param>
/// <param name="Begin">Milliseconds on the run's clock, before its first byte was sent.</param>
/// <param name="End">After its last byte was received, or it failed.</param>
/// <param name="Node">Who was asked last.</param>
/// <param name="Backend">Who served it; empty = nobody.</param>
/// <param name="Status">0 = no answer.</param>
public sealed record RequestEntry(int Session, double Begin, double End, string Node, string Backend, int Status)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
        $"  {Begin,9:F1}..{End,-9:F1} {Node} {Status} {Backend}{(IsSlow ? " asked for too much" : "")}");

    public bool IsServed => Backend.Length > 0;

    /// <summary>The answer was another request's.</summary>
    public bool IsCrossed { get; init; }

    /// <summary>It asked for what takes longer than the nodes wait.</summary>
    public bool IsSlow { get; init; }
}
