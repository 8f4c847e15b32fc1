using System.Globalization;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>What the monitor has learnt, and what a result makes of it: pure, so that it is tested without an actor.</summary>
/// <param name="Snapshot">As published last.</param>
internal sealed record HealthMonitorState(HealthSnapshot Snapshot)
{
    /// <summary>Goes on from what the last monitor said, never from "up", in a term of its own.</summary>
    public static HealthMonitorState Resume(HealthSnapshot last) => new(last with { Term = last.Term + 1, Sequence = 0 });

    public CheckState StateOf(string backend, long now) => Snapshot.Verdicts.TryGetValue(backend, out var verdict) ? verdict.State : CheckState.New(now);

    /// <summary>Takes a result in. The state is the same object when nothing that anybody must hear of has changed.</summary>
    public HealthMonitorState Apply(string backend, CheckResult result, PoolConfig pool, long now)
    {
        var before = StateOf(backend, now);
        var isNew = !pool.Backends.Any(member => HasBeenUp($"{pool.Name}/{member.Name}"));
        var after = before.Apply(result.Passed, pool.Health, isNew, now);
        if (after == before && Snapshot.Verdicts.ContainsKey(backend)) return this;
        var reason = Describe(result, after, pool.Health);
        return new HealthMonitorState(Snapshot with { Sequence = Snapshot.Sequence + 1, Verdicts = Snapshot.Verdicts.SetItem(backend, new BackendVerdict(after, reason)) });
    }

    private bool HasBeenUp(string backend) => Snapshot.Verdicts.TryGetValue(backend, out var verdict) && verdict.State.Health != ActiveHealth.Unknown;

    private static string Describe(CheckResult result, CheckState state, HealthConfig config)
    {
        var count = state.Health switch { ActiveHealth.Down => config.UnhealthyThreshold, ActiveHealth.Up => config.HealthyThreshold, _ => Math.Abs(state.Count) };
        return string.Create(CultureInfo.InvariantCulture, $"check {(result.Passed ? "passed" : "failed")}: {result.Reason}{(count > 1 && !result.Passed ? $" x{count}" : "")}");
    }
}
