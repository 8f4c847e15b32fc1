namespace ClusterLb.ControlPlane.Membership;

/// <summary>
/// Who may form a cluster when nobody is in one. A candidate needs the votes of most of the seeds, and a seed votes for one candidate at a
/// time, so two candidates cannot both win: of two majorities of one list, one node is in both. A pure value, held by every seed.
/// </summary>
/// <param name="VotedFor">The candidate that this node has promised to wait for; null = none.</param>
/// <param name="PromisedUntil">Monotonic milliseconds.</param>
internal sealed record Election(NodeAddress? VotedFor, long PromisedUntil)
{
    /// <summary>How long a voter waits for its candidate to be in a cluster.</summary>
    public const long PromiseMilliseconds = 10_000;

    /// <summary>
    /// A candidate that did not win within so long after it asked gives up. Far below the promise, so that no voter is free again while a
    /// candidate still counts its vote.
    /// </summary>
    public const long CampaignMilliseconds = 2_000;

    /// <summary>
    /// A cluster that has had less than most of the seeds among its members for so long is given up. Counted from the candidacy, this is
    /// below the promise too: voters are not free before a founder whom nobody joined has let go.
    /// </summary>
    public const long HoldMilliseconds = 8_000;

    public static Election New { get; } = new(null, 0);

    /// <summary>A voter's answer to a candidate.</summary>
    public (Election Next, bool IsGranted) Vote(NodeAddress candidate, long now) =>
        VotedFor is null || VotedFor == candidate || now >= PromisedUntil
            ? (new Election(candidate, now + PromiseMilliseconds), true)
            : (this, false);

    /// <summary>Whether so many votes, the candidate's own included, are most of the seeds.</summary>
    public static bool IsMajority(int votes, int seeds) => votes * 2 > seeds;

    /// <summary>What a node that is in no cluster does next.</summary>
    /// <param name="seeds">Every address that the seeds resolve to.</param>
    /// <param name="answers">Who of them answered, and whether it is in a cluster.</param>
    public static BootstrapStep Next(NodeAddress self, IReadOnlyCollection<NodeAddress> seeds,
        IReadOnlyDictionary<NodeAddress, bool> answers)
    {
        var members = answers.Where(answer => answer.Value).Select(answer => answer.Key).Order().ToList();
        if (members.Count > 0) return new BootstrapStep.Join(members);
        if (!seeds.Contains(self)) return new BootstrapStep.Wait("no seed that answers is in a cluster yet, and this node is no seed");
        var present = answers.Keys.Where(seeds.Contains).Append(self).Distinct().ToList();
        if (!IsMajority(present.Count, seeds.Count))
            return new BootstrapStep.Wait($"{present.Count} of {seeds.Count} seeds are there; a new cluster needs most of them");
        // Only the first of those present stands, so that votes are not split; who cannot see it loses and tries again.
        return present.Min() == self ? new BootstrapStep.Stand(present) : new BootstrapStep.Wait($"{present.Min()} is to form the cluster");
    }
}

/// <summary>What bootstrap does next.</summary>
internal abstract record BootstrapStep
{
    private BootstrapStep()
    {
    }

    public sealed record Join(IReadOnlyList<NodeAddress> Members) : BootstrapStep;

    /// <summary>Asks these for their votes.</summary>
    public sealed record Stand(IReadOnlyList<NodeAddress> Voters) : BootstrapStep;

    public sealed record Wait(string Why) : BootstrapStep;
}
