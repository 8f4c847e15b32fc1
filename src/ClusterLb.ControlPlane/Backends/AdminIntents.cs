using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>What a command makes of the intent that holds: pure.</summary>
internal static class AdminIntents
{
    /// <summary>
    /// Idempotent: what changes nothing is the same intent, and a drain under way keeps its deadline unless the new one is earlier.
    /// </summary>
    /// <param name="held">Null = nobody has ever wanted anything of it.</param>
    /// <param name="node">Through which node.</param>
    /// <param name="utcNow">The wall clock, which all nodes' clocks must agree with within a second or so.</param>
    public static AdminIntent Next(AdminIntent? held, BackendCommand command, string node, DateTimeOffset utcNow)
    {
        var now = utcNow.ToUnixTimeMilliseconds();
        var before = held ?? new AdminIntent(command.Backend, AdminState.Ready, null, 0, now, 0, node);
        var after = command switch
        {
            DrainBackend drain => Drained(before, drain, now),
            ReadyBackend => Become(before, AdminState.Ready, now),
            MaintainBackend => Become(before, AdminState.Maintenance, now),
            WeighBackend weigh => before with { Weight = weigh.Weight },
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, null),
        };
        return after == held ? held : Stamp(after, before, node, utcNow);
    }

    /// <summary>A node's own drain, or its end.</summary>
    /// <param name="held">Null = nobody has ever wanted anything of it.</param>
    /// <param name="isDrain">False = ready again.</param>
    /// <param name="utcNow">The wall clock.</param>
    public static AdminIntent OfNode(AdminIntent? held, bool isDrain, string node, DateTimeOffset utcNow)
    {
        var now = utcNow.ToUnixTimeMilliseconds();
        var before = held ?? new AdminIntent(AdminIntent.OfNode(node), AdminState.Ready, null, 0, now, 0, node);
        var after = Become(before, isDrain ? AdminState.Draining : AdminState.Ready, now);
        return after == held ? held : Stamp(after, before, node, utcNow);
    }

    /// <summary>
    /// Which of two words on one backend counts: the newer one. Two of one moment, from sides that did not hear each other, are decided
    /// alike everywhere. Of the same word the one that says a mode: a node of before has left it out.
    /// </summary>
    public static bool Overrules(AdminIntent one, AdminIntent? other)
    {
        if (other is null) return true;
        if (one.Version != other.Version) return one.Version > other.Version;
        var (digest, others) = (AdminDigest.Of(one), AdminDigest.Of(other));
        return digest != others ? digest > others : one.MovesSessions && !other.MovesSessions;
    }

    private static AdminIntent Stamp(AdminIntent after, AdminIntent before, string node, DateTimeOffset utcNow) =>
        after with { Node = node, Version = Math.Max(before.Version + 1, utcNow.UtcTicks) };

    /// <summary>What is to be moved is not called back by a second drain that would leave it.</summary>
    private static AdminIntent Drained(AdminIntent before, DrainBackend drain, long now)
    {
        var deadline = now + (long)drain.Timeout.TotalMilliseconds;
        return before.State == AdminState.Draining
            ? before with
            {
                DeadlineUtcMilliseconds = Math.Min(before.DeadlineUtcMilliseconds, deadline),
                MovesSessions = before.MovesSessions || drain.MovesSessions,
            }
            : Become(before, AdminState.Draining, now) with { DeadlineUtcMilliseconds = deadline, MovesSessions = drain.MovesSessions };
    }

    private static AdminIntent Become(AdminIntent before, AdminState state, long now) =>
        before.State == state
            ? before
            : before with { State = state, DeadlineUtcMilliseconds = 0, SinceUtcMilliseconds = now, MovesSessions = false };
}
