using System.Collections.Immutable;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>The monitor's word on every backend, whole, so that a receiver that missed one needs only the next. The higher (term, sequence) wins.</summary>
/// <param name="Term">Grows with every monitor.</param>
/// <param name="Sequence">Grows with every snapshot of a term.</param>
/// <param name="Verdicts">By backend id.</param>
public sealed record HealthSnapshot(long Term, long Sequence, ImmutableDictionary<string, BackendVerdict> Verdicts)
{
    public static HealthSnapshot None { get; } = new(0, 0, ImmutableDictionary<string, BackendVerdict>.Empty);

    public bool IsNewerThan(HealthSnapshot other) => (Term, Sequence).CompareTo((other.Term, other.Sequence)) > 0;
}

/// <param name="State">Of its checks.</param>
/// <param name="Reason">The last result that mattered.</param>
public sealed record BackendVerdict(CheckState State, string Reason);
