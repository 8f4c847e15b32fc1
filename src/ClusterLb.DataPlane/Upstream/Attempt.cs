using ClusterLb.Core.Outcomes;

namespace ClusterLb.DataPlane.Upstream;

/// <summary>What became of one try at one backend.</summary>
/// <param name="Outcome">What it taught about the backend.</param>
/// <param name="Witness">Whose it was: whoever a failure is counted by, see <see cref="Core.Clients.AddressOwner"/>.</param>
internal readonly record struct Attempt(Outcome Outcome, ulong Witness)
{
    /// <summary>The client has its answer, or the beginning of one, or is gone, or broke its request: nothing is left to try.</summary>
    public bool IsOver { get; init; }

    /// <summary>The request is idempotent (RFC 9110 section 9.2.2), and all of it is still at hand.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>It failed on a kept-alive connection before a byte of a response: its backend may just have closed it.</summary>
    public bool WasStale { get; init; }
}
