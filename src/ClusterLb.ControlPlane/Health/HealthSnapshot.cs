using System.Collections.Immutable;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// The monitor's word on every backend, whole, so that a receiver that missed one needs only the next. The higher (term, sequence) wins.
/// </summary>
/// <param name="Term">Grows with every monitor; two monitors never share one.</param>
/// <param name="Sequence">Grows with every snapshot of a term.</param>
/// <param name="Verdicts">By backend id.</param>
public sealed record HealthSnapshot(long Term, long Sequence, ImmutableDictionary<string, BackendVerdict> Verdicts)
{
    public static HealthSnapshot None { get; } = new(0, 0, ImmutableDictionary<string, BackendVerdict>.Empty);

    public bool IsNewerThan(HealthSnapshot other) => IsNewer(Term, Sequence, other);

    /// <summary>Whether a word of this version is newer than one that is held.</summary>
    public static bool IsNewer(long term, long sequence, HealthSnapshot held) => (term, sequence).CompareTo((held.Term, held.Sequence)) > 0;
}

/// <param name="State">Of its checks; its times are this node's monotonic milliseconds.</param>
/// <param name="BackSince">When it came back from DOWN or was added, monotonic milliseconds of this node; null = neither.</param>
/// <param name="Reason">The last result that mattered.</param>
public sealed record BackendVerdict(CheckState State, long? BackSince, string Reason)
{
    /// <summary>
    /// Which server it is about, for a name may come to stand for another: its address, or the name where the monitor knows no address;
    /// empty = a node of before did not say.
    /// </summary>
    public string Address { get; init; } = "";

    private bool IsGood => State.Health is ActiveHealth.Up or ActiveHealth.GoingDown;

    /// <summary>Whether it is about this server.</summary>
    public bool IsOf(Backend backend) => ServerName.IsOf(Address, backend);

    /// <summary>Whether it holds for a server that has just come under its name: that nobody knew an address says nothing of it.</summary>
    public bool IsOfNew(Backend backend) =>
        (IsGood && ServerName.IsNameOf(Address, backend)) || ServerName.IsAddressOf(Address, backend);
}
