using System.ComponentModel;
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
public sealed record Explanation(
    [Description("The one that was asked for.")] string Pool,
    [Description("As in balance.")] string Policy,
    [Description("What the policy takes its key from, such as header X-User; null = it does not hash.")] string? HashesBy,
    [Description("What keeps a client with a session on its backend, whatever the policy says; none = nothing.")] StickyBy Sticky,
    [Description("Health is overruled, because too few backends are well.")] bool FailsOpen,
    [Description("The name of the backend; null = none could be.")] string? Picked,
    [Description("In one sentence.")] string Why,
    [Description("All of the pool, in the order of the configuration.")] IReadOnlyList<ExplainedBackend> Backends)
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
public sealed record ExplainedBackend(
    [Description("Its name in the pool.")] string Name,
    [Description("All put together.")] EffectiveState State,
    [Description("It may be picked, unless it is full.")] bool IsEligible,
    [Description("Why it cannot be picked, or only in part; empty when nothing speaks against it.")] string Reason,
    [Description("Now, 0 to 256; 0 = takes no work.")] double Weight,
    [Description("Requests and TCP connections in flight there from this node.")] int InFlight,
    [Description("The same from all other nodes.")] int InFlightElsewhere,
    [Description("What the policy compares, less is better; null when it compares nothing, or not this one.")] double? Score,
    [Description("Its place in the key's order, from 1; null without a key.")] int? HashOrder)
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
        if (member.Effective is not (EffectiveState.Up or EffectiveState.Trial)) return Word(member);
        return eligible.LowestTier < backend.Tier
            ? string.Create(CultureInfo.InvariantCulture, $"tier {backend.Tier} waits while one of tier {eligible.LowestTier} is available")
            : "weight 0";
    }

    private static string Word(MemberSnapshot member) => $"{member.Effective.ToString().ToLowerInvariant()}: {member.Reason}";
}
