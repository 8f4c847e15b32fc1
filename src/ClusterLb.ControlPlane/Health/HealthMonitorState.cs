using System.Collections.Immutable;
using System.Globalization;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Routing;

namespace ClusterLb.ControlPlane.Health;

/// <summary>What the monitor has learnt, and what a result makes of it: pure, so that it is tested without an actor.</summary>
/// <param name="Snapshot">As published last.</param>
internal sealed record HealthMonitorState(HealthSnapshot Snapshot)
{
    /// <summary>What was found out of a pool's age, so that thousands of first passes do not each look at thousands of verdicts.</summary>
    private ImmutableDictionary<string, PoolAge> Ages { get; init; } = ImmutableDictionary<string, PoolAge>.Empty;

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

    /// <summary>
    /// When, from now, backends of a pool are checked first by who begins to check, by their index: soon where nothing is known of it.
    /// </summary>
    public Func<int, TimeSpan> FirstChecks(PoolConfig pool)
    {
        var (count, health) = (pool.Backends.Count, pool.Health);
        return VerdictsOf(pool).Any()
            ? index => CheckSchedule.First(index, count, health)
            : index => CheckSchedule.Founding(index, count, health);
    }

    private HealthMonitorState Rise(string backend, string reason, PoolConfig pool, long now)
    {
        var before = StateOf(backend, now);
        var age = before.Health == ActiveHealth.Unknown ? AgeOf(pool, now) : null;
        var after = before.Pass(pool.Health, age?.IsNewAt(now) ?? false);
        var isBack = after.Health == ActiveHealth.Up && before.Health is ActiveHealth.Down or ActiveHealth.GoingUp;
        var next = Become(backend, pool, before, after, isBack ? now : BackSinceOf(backend), reason);
        return age is null || ReferenceEquals(next, this) ? next : next with { Ages = Ages.SetItem(pool.Name, age) };
    }

    private HealthMonitorState Become(string backend, PoolConfig pool, CheckState before, CheckState after, long? backSince, string reason)
    {
        if (after == before && Snapshot.Verdicts.ContainsKey(backend)) return this;
        var verdict = new BackendVerdict(after, backSince, reason) { Address = AddressOf(backend, pool) };
        return this with
        {
            Snapshot = Snapshot with { Sequence = Snapshot.Sequence + 1, Verdicts = Snapshot.Verdicts.SetItem(backend, verdict) },
        };
    }

    /// <summary>As it was found before, where that still holds.</summary>
    private PoolAge AgeOf(PoolConfig pool, long now)
    {
        var spread = (long)pool.Health.StartSpread.TotalMilliseconds;
        if (Ages.GetValueOrDefault(pool.Name) is { } known && (now < known.YoungUntil || (IsJudged(known.Judged) && IsOld(known.Old))))
            return known;
        var age = new PoolAge(now + spread, "", "");
        foreach (var (id, verdict) in VerdictsOf(pool))
        {
            age = new PoolAge(
                Math.Min(age.YoungUntil, verdict.State.Since + spread), age.Judged.Length == 0 && IsJudged(id) ? id : age.Judged,
                age.Old.Length == 0 && IsOld(id) ? id : age.Old);
            if (age is { Judged.Length: > 0, Old.Length: > 0 }) break;
        }

        return age;

        bool IsJudged(string id) => Snapshot.Verdicts.GetValueOrDefault(id) is { State.Health: not ActiveHealth.Unknown };

        bool IsOld(string id) => Snapshot.Verdicts.GetValueOrDefault(id) is { } verdict && now - verdict.State.Since >= spread;
    }

    private IEnumerable<(string Id, BackendVerdict Verdict)> VerdictsOf(PoolConfig pool)
    {
        foreach (var member in pool.Backends)
        {
            var id = $"{pool.Name}/{member.Name}";
            if (Snapshot.Verdicts.TryGetValue(id, out var verdict)) yield return (id, verdict);
        }
    }

    private static string AddressOf(string backend, PoolConfig pool)
    {
        var name = backend.AsSpan(pool.Name.Length + 1);
        foreach (var member in pool.Backends)
        {
            if (name.SequenceEqual(member.Name)) return ServerName.Of(member);
        }

        return "";
    }

    private long? BackSinceOf(string backend) => Snapshot.Verdicts.GetValueOrDefault(backend)?.BackSince;

    /// <summary>How old a pool is by the verdicts on it.</summary>
    /// <param name="YoungUntil">Before it, by monotonic milliseconds, no verdict is as old as <c>start-spread</c>.</param>
    /// <param name="Judged">A backend that is not unknown; empty = there is none.</param>
    /// <param name="Old">A backend whose checks began <c>start-spread</c> ago; empty = there is none.</param>
    private sealed record PoolAge(long YoungUntil, string Judged, string Old)
    {
        /// <summary>Nobody of it has been judged, or its first answer is so young that the others would have come up with it.</summary>
        public bool IsNewAt(long now) => Judged.Length == 0 || now < YoungUntil;
    }
}
