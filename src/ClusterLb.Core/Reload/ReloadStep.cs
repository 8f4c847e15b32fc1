namespace ClusterLb.Core.Reload;

/// <summary>What a node does when it hears that the cluster is at an epoch.</summary>
public enum ReloadStep
{
    /// <summary>It is there, or beyond; or it has other files, and has said so.</summary>
    Stay,

    /// <summary>It has everything for it.</summary>
    Switch,

    /// <summary>It missed the switch, and looks whether its files are those by now.</summary>
    Read,

    /// <summary>It has come to the same configuration by itself.</summary>
    Count,
}

/// <summary>Where one node stands: pure.</summary>
/// <param name="Epoch">That it is at.</param>
/// <param name="Fingerprint">In force.</param>
/// <param name="Prepared">What it has everything for; null = nothing.</param>
/// <param name="Tried">The last epoch for which it has read its files, and they were others.</param>
public sealed record ReloadStanding(ReloadEpoch Epoch, string Fingerprint, string? Prepared, ReloadEpoch Tried)
{
    /// <summary>
    /// Whoever was away when the others switched comes after them, once: files are not watched, so who has other ones needs an operator.
    /// </summary>
    /// <param name="inForce">
    /// The fingerprint that whoever says so has in force: another than that of the epoch when it has been reloaded by itself since, and
    /// then a node that has the same has nothing to follow.
    /// </param>
    public ReloadStep StepTo(ReloadEpoch target, string inForce)
    {
        if (!Epoch.IsBefore(target)) return ReloadStep.Stay;
        if (Prepared is not null) return Prepared == target.Fingerprint ? ReloadStep.Switch : ReloadStep.Stay;
        if (inForce != target.Fingerprint && inForce == Fingerprint) return ReloadStep.Count;
        if (Tried.IsBefore(target)) return ReloadStep.Read;
        return Fingerprint == target.Fingerprint ? ReloadStep.Count : ReloadStep.Stay;
    }
}
