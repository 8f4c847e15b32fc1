using System.Globalization;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Routing;

namespace ClusterLb.ControlPlane.Health;

/// <summary>What the monitor has learnt, and what a result makes of it: pure, so that it is tested without an actor.</summary>
/// <param name="Snapshot">As published last.</param>
internal sealed record HealthMonitorState(HealthSnapshot Snapshot)
{
    // The low bits of a term tell monitors apart that were made on two sides of a partition.
    private const int MarkBits = 16;

    /// <summary>Goes on from what the last monitor said, never from "up", in a term of its own.</summary>
    /// <param name="last">The newest snapshot that anybody has.</param>
    /// <param name="mark">Differs from node to node.</param>
    public static HealthMonitorState Resume(HealthSnapshot last, ushort mark) =>
        new(last with { Term = (((last.Term >> MarkBits) + 1) << MarkBits) | mark, Sequence = 0 });

    public CheckState StateOf(string backend, long now) =>
        Snapshot.Verdicts.TryGetValue(backend, out var verdict) ? verdict.State : CheckState.New(now);

    /// <summary>The state is the same object when nothing that anybody must hear of has changed; so with the others.</summary>
    public HealthMonitorState Pass(string backend, string reason, PoolConfig pool, long now) =>
        Rise(backend, $"check passed: {reason}", pool, now);

    /// <summary>It failed, and who else asked found the same.</summary>
    /// <param name="failures">How many nodes found it, 1 or more: each counts as a result.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public HealthMonitorState Fail(string backend, int failures, string reason, PoolConfig pool, long now)
    {
        var (before, after) = (StateOf(backend, now), StateOf(backend, now).Fail(failures, pool.Health, now));
        var count = after.Health == ActiveHealth.Down ? pool.Health.UnhealthyThreshold : Math.Abs(after.Count);
        var text = string.Create(CultureInfo.InvariantCulture, $"check failed: {reason}{(count > failures ? $" x{count}" : "")}");
        return Become(backend, pool, before, after, null, text);
    }

    /// <summary>
    /// It failed for the monitor's node while others found it well: what is up stays so, one short of DOWN, and what is not comes up by it.
    /// </summary>
    public HealthMonitorState Doubt(string backend, string reason, PoolConfig pool, long now)
    {
        var before = StateOf(backend, now);
        return before.Health is ActiveHealth.Up or ActiveHealth.GoingDown
            ? Become(backend, pool, before, before.Doubt(pool.Health, now), BackSinceOf(backend), $"check in doubt: {reason}")
            : Rise(backend, $"others reach it: {reason}", pool, now);
    }

    /// <summary>Forgets what is not configured any more, and what was said of another server under a name: it begins anew.</summary>
    public HealthMonitorState Follow(RoutingTable table)
    {
        var gone = Snapshot.Verdicts
            .Where(verdict => table.FindBackend(verdict.Key) is not { } found || !verdict.Value.IsOfNew(found.Backend))
            .Select(verdict => verdict.Key).ToList();
        if (gone.Count == 0) return this;
        return new(Snapshot with { Sequence = Snapshot.Sequence + 1, Verdicts = Snapshot.Verdicts.RemoveRange(gone) });
    }

    /// <summary>When, from now, a backend is checked first by who begins to check: soon where nothing is known of its pool.</summary>
    public TimeSpan FirstCheck(int index, PoolConfig pool) => VerdictsOf(pool).Any()
        ? CheckSchedule.First(index, pool.Backends.Count, pool.Health)
        : CheckSchedule.Founding(index, pool.Backends.Count, pool.Health);

    private HealthMonitorState Rise(string backend, string reason, PoolConfig pool, long now)
    {
        var before = StateOf(backend, now);
        var after = before.Pass(pool.Health, before.Health == ActiveHealth.Unknown && IsNew(pool, now));
        var isBack = after.Health == ActiveHealth.Up && before.Health is ActiveHealth.Down or ActiveHealth.GoingUp;
        return Become(backend, pool, before, after, isBack ? now : BackSinceOf(backend), reason);
    }

    private HealthMonitorState Become(string backend, PoolConfig pool, CheckState before, CheckState after, long? backSince, string reason)
    {
        if (after == before && Snapshot.Verdicts.ContainsKey(backend)) return this;
        var verdict = new BackendVerdict(after, backSince, reason) { Address = AddressOf(backend, pool) };
        return new HealthMonitorState(Snapshot with
        {
            Sequence = Snapshot.Sequence + 1,
            Verdicts = Snapshot.Verdicts.SetItem(backend, verdict)
        });
    }

    /// <summary>Nobody of it has been judged, or its first answer is so young that the others would have come up with it.</summary>
    private bool IsNew(PoolConfig pool, long now) =>
        VerdictsOf(pool).All(verdict => verdict.State.Health == ActiveHealth.Unknown) ||
        VerdictsOf(pool).All(verdict => now - verdict.State.Since < pool.Health.StartSpread.TotalMilliseconds);

    private IEnumerable<BackendVerdict> VerdictsOf(PoolConfig pool)
    {
        foreach (var member in pool.Backends)
        {
            if (Snapshot.Verdicts.TryGetValue($"{pool.Name}/{member.Name}", out var verdict)) yield return verdict;
        }
    }

    private static string AddressOf(string backend, PoolConfig pool) =>
        pool.Backends.FirstOrDefault(member => $"{pool.Name}/{member.Name}" == backend) is { } found
            ? ServerName.Of(found)
            : "";

    private long? BackSinceOf(string backend) => Snapshot.Verdicts.GetValueOrDefault(backend)?.BackSince;
}
