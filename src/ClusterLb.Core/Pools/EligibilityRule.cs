using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.Core.Pools;

/// <summary>What the eligibility rule looks at in one member.</summary>
/// <param name="Weight">An operator's or the configured one, 0 to 256; 0 never takes new work, not even when failing open.</param>
/// <param name="RampMilliseconds">Since it came back; null = no slow start.</param>
/// <param name="IsHealthy">It takes work by its own merit.</param>
/// <param name="Tier">Only those of the lowest one of which any is healthy take work.</param>
internal readonly record struct MemberFacts(EffectiveState State, int Weight, long? RampMilliseconds, bool IsHealthy, int Tier = 0);

/// <summary>Who takes work, and with what weight.</summary>
internal static class EligibilityRule
{
    /// <summary>
    /// Weights x 100 by member, while health is believed. One on trial gets the least share, since all but one of its picks are refused;
    /// so it does not make its tier available, but is tried while a higher one serves in its place.
    /// </summary>
    public static int[] Believing(ReadOnlySpan<MemberFacts> members, TimeSpan slowStart)
    {
        var weights = new int[members.Length];
        var lowest = LowestHealthyTier(members);
        for (var i = 0; i < weights.Length; i++)
        {
            var (state, weight, ramp, isHealthy, tier) = members[i];
            if (tier > lowest) continue;
            if (isHealthy) weights[i] = SlowStart.Weight(weight, ramp, slowStart);
            else if (state == EffectiveState.Trial) weights[i] = weight * SlowStart.FloorPercent;
        }

        return weights;
    }

    /// <summary>
    /// Weights x 100 by member, while health is overruled: all that no operator took away, of all tiers, at full weight, since capacity is
    /// what lacks; those that drain only when nothing else is left.
    /// </summary>
    public static int[] FailingOpen(ReadOnlySpan<MemberFacts> members)
    {
        var weights = new int[members.Length];
        var any = false;
        for (var i = 0; i < weights.Length; i++)
        {
            if (members[i].State is EffectiveState.Maintenance or EffectiveState.Drained or EffectiveState.Draining) continue;
            weights[i] = members[i].Weight * 100;
            any |= weights[i] > 0;
        }

        for (var i = 0; !any && i < weights.Length; i++)
        {
            if (members[i].State == EffectiveState.Draining) weights[i] = members[i].Weight * 100;
        }

        return weights;
    }

    /// <returns><see cref="int.MaxValue"/> = there is none, and tiers say nothing.</returns>
    private static int LowestHealthyTier(ReadOnlySpan<MemberFacts> members)
    {
        var lowest = int.MaxValue;
        foreach (var member in members)
        {
            if (member is { IsHealthy: true, Weight: > 0 } && member.Tier < lowest) lowest = member.Tier;
        }

        return lowest;
    }
}
