using System.Globalization;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Pools;

/// <summary>
/// Which backend a pool would give a request now, and why: asked of a fresh picker over the live pool, so that it is what would really
/// happen.
/// </summary>
/// <param name="Policy">As in <c>balance</c>.</param>
/// <param name="HashesBy">What the policy takes its key from, such as <c>header X-User</c>; null = it does not hash.</param>
/// <param name="Sticky">What keeps a client with a session on its backend, whatever the policy says.</param>
/// <param name="FailsOpen">Health is overruled because too few are healthy.</param>
/// <param name="Picked">A backend's name; null = none could be.</param>
/// <param name="Why">In one sentence.</param>
/// <param name="Backends">All members, by configuration order.</param>
public sealed record Explanation(
    string Pool, string Policy, string? HashesBy, StickyBy Sticky, bool FailsOpen, string? Picked, string Why,
        IReadOnlyList<ExplainedBackend> Backends)
{
    /// <param name="pool">Live.</param>
    /// <param name="key">The hash of a request's key; null = it has none.</param>
    /// <param name="random">For what a policy leaves to chance.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public static Explanation Of(Pool pool, ulong? key, LoopRandom random, long nowMilliseconds)
    {
        var eligible = pool.Eligible;
        var picked = pool.Pickers.CreatePicker(random)
            .Pick(new PickRequest(eligible, new Tried(), key is not null, key ?? 0, nowMilliseconds));
        var order = key is { } hash ? pool.Pickers.OrderOf(hash, eligible) : [];
        return new Explanation(
            pool.Name,
            pool.Config.Balance,
            pool.Policy.KeyOf(pool.Config)?.ToString(),
            pool.Config.Sticky.By,
            eligible.FailOpen,
            picked?.Name,
            picked is null ? WhyNone(pool, eligible) : pool.Pickers.Explain(picked, eligible, key),
            [.. pool.Members.Select(member => ExplainedBackend.Of(pool.Read(member), eligible, ScoreOf(member), PlaceIn(order, member)))]);

        double? ScoreOf(Backend member) =>
            eligible.Contains(member) && pool.Pickers.ScoreOf(member, eligible, nowMilliseconds) is { } score ? Math.Round(score, 3) : null;
    }

    private static int? PlaceIn(IReadOnlyList<Backend> order, Backend backend)
    {
        for (var i = 0; i < order.Count; i++)
        {
            if (order[i] == backend) return i + 1;
        }

        return null;
    }

    private static string WhyNone(Pool pool, Eligibility eligible) => eligible.Candidates.Length == 0
        ? "no backend is eligible: the request is answered with 503"
        : string.Create(CultureInfo.InvariantCulture,
            $"every eligible backend is full: the request waits up to {pool.Config.Queue.Timeout.TotalSeconds} s for one");
}

/// <summary>One backend in an <see cref="Explanation"/>.</summary>
/// <param name="IsEligible">It may be picked, unless it is full.</param>
/// <param name="Reason">Why it cannot be picked, or only in part; empty when nothing speaks against it.</param>
/// <param name="Weight">Now; 0 = takes no work.</param>
/// <param name="InFlightElsewhere">On all other nodes.</param>
/// <param name="Score">What the policy compares, less is better; null when it compares nothing, or not this one.</param>
/// <param name="HashOrder">Its place in the key's order, from 1; null without one.</param>
public sealed record ExplainedBackend(
    string Name, EffectiveState State, bool IsEligible, string Reason, double Weight, int InFlight, int InFlightElsewhere, double? Score,
        int? HashOrder)
{
    internal static ExplainedBackend Of(MemberSnapshot member, Eligibility eligible, double? score, int? hashOrder)
    {
        var backend = member.Backend;
        return new ExplainedBackend(
            backend.Name, member.Effective, eligible.Contains(backend), ReasonOf(member, eligible), eligible.WeightOf(backend) / 100.0,
            backend.Load.InFlight, backend.Load.Remote, score, hashOrder);
    }

    private static string ReasonOf(MemberSnapshot member, Eligibility eligible)
    {
        var backend = member.Backend;
        var isEligible = eligible.Contains(backend);
        if (isEligible && backend.IsFull)
            return string.Create(CultureInfo.InvariantCulture, $"full: {backend.Load.InFlight} of {backend.MaxInFlight} in flight");
        if (isEligible && member.Effective == EffectiveState.Trial) return "on trial: one request at a time";
        if (isEligible) return eligible.FailOpen && member.Effective != EffectiveState.Up ? $"used although {Word(member)}" : "";
        return member.Effective is EffectiveState.Up or EffectiveState.Trial ? "weight 0" : Word(member);
    }

    private static string Word(MemberSnapshot member) => $"{member.Effective.ToString().ToLowerInvariant()}: {member.Reason}";
}
