using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// Where the sessions of a pool belong of which nobody was told anything: by rendezvous hash over what the whole cluster agrees on, which
/// is who is not drained or in maintenance and what each weighs by configuration and operators, whatever any node sees for itself. A
/// change counts <see cref="SettlingMilliseconds"/> after it was made, on every node that has heard of it by then, whenever and in whatever
/// order it heard; until then each node makes those sessions it has met known that would be elsewhere. Immutable; a pool replaces it whole.
/// </summary>
public sealed class Homes
{
    /// <summary>
    /// Enough for the slowest node to hear of an operator's wish and to tell what it has met; sessions that begin meanwhile are bound.
    /// </summary>
    public const long SettlingMilliseconds = 1_000;

    /// <summary>Changes at moments of their own; more of them come into force with the last.</summary>
    private const int MostMoments = 8;

    private readonly Change[] _changes;

    // The homes in force, and from each moment on.
    private readonly Stage[] _stages;

    private Homes(Eligibility inForce, Change[] changes, ReadOnlySpan<Backend> members)
    {
        _changes = changes;
        var stages = new List<Stage> { new(long.MinValue, inForce) };
        foreach (var change in changes)
        {
            var homes = change.To(stages[^1].Homes, members);
            if (stages[^1].From == change.At) stages[^1] = new Stage(change.At, homes);
            else stages.Add(new Stage(change.At, homes));
        }

        _stages = [.. stages];
    }

    public static Homes None { get; } = new(Eligibility.None, [], []);

    /// <summary>Monotonic milliseconds of the next change; <see cref="long.MaxValue"/> = nothing is about to change.</summary>
    public long ChangesAt => _changes.Length == 0 ? long.MaxValue : _changes[0].At;

    /// <summary>The homes once all changes count.</summary>
    public Eligibility Coming => _stages[^1].Homes;

    private Eligibility InForce => _stages[0].Homes;

    private ReadOnlySpan<Stage> Ahead => _stages.AsSpan(_changes.Length == 0 ? 0 : 1);

    /// <summary>Null when nobody takes sessions. Allocates nothing.</summary>
    /// <param name="session">Of which nobody was told anything.</param>
    /// <param name="now">Monotonic milliseconds: a change counts from its moment on, whenever the pool takes notice.</param>
    public Backend? Of(SessionKey session, long now)
    {
        var stage = 0;
        while (stage < _stages.Length - 1 && _stages[stage + 1].From <= now) stage++;
        var home = Rendezvous.Pick(session, _stages[stage].Homes, default);
        return stage == _stages.Length - 1 || home is { Effective: not (EffectiveState.Maintenance or EffectiveState.Drained) }
            ? home
            : Rendezvous.Pick(session, Coming, default);
    }

    /// <summary>
    /// True when whoever was told nothing looks for the session there now, for it may have begun before the last change, and after each
    /// change to come.
    /// </summary>
    /// <param name="session">Met by this node.</param>
    /// <param name="backend">Its <see cref="Backend.Key"/>.</param>
    /// <param name="now">As for <see cref="Of"/>.</param>
    public bool WillFind(SessionKey session, ulong backend, long now)
    {
        if (Of(session, now)?.Key != backend) return false;
        foreach (var stage in _stages)
        {
            if (stage.From > now && Rendezvous.Pick(session, stage.Homes, default)?.Key != backend) return false;
        }

        return true;
    }

    /// <summary>Whether it takes sessions after each change.</summary>
    public bool WillTake(Backend backend)
    {
        foreach (var stage in Ahead)
        {
            if (!stage.Homes.Contains(backend)) return false;
        }

        return true;
    }

    /// <summary>Lets time pass, and takes up who is at home here now.</summary>
    /// <param name="members">All of the pool, by configuration order.</param>
    /// <param name="takes">By index: the weight of one that takes sessions, 0 = does not.</param>
    /// <param name="since">Monotonic milliseconds at which a change was made, if this is one.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    /// <returns>This one when nothing is new.</returns>
    public Homes Follow(ReadOnlySpan<Backend> members, ReadOnlySpan<int> takes, long since, long now)
    {
        if (now < ChangesAt && Coming.Has(takes)) return this;
        if (this == None) return new Homes(new Eligibility(members, takes.ToArray(), failOpen: false), [], members);
        var changes = new List<Change>(_changes);
        foreach (var member in members)
        {
            if (Coming.WeightOf(member) == takes[member.Index]) continue;
            Add(changes, new Change(member.Index, takes[member.Index], since + SettlingMilliseconds));
        }

        var due = changes.TakeWhile(change => change.At <= now).ToList();
        var inForce = InForce;
        foreach (var change in due) inForce = change.To(inForce, members);
        return new Homes(inForce, [.. changes.Skip(due.Count)], members);
    }

    /// <summary>Behind earlier changes of the same backend, and behind others that were made before.</summary>
    private void Add(List<Change> changes, Change added)
    {
        var isFull = _stages.Length > MostMoments;
        var place = isFull ? changes.Count : changes.FindLastIndex(change => change.Index == added.Index || change.At <= added.At) + 1;
        var at = place == 0 ? added.At : isFull ? changes[^1].At : Math.Max(added.At, changes[place - 1].At);
        changes.Insert(place, added with { At = at });
        if (place > 0 && changes[place - 1] is var before && (before.Index, before.At) == (added.Index, at)) changes.RemoveAt(place - 1);
    }

    /// <summary>The same homes in a pool that replaces theirs, as far as they are in it.</summary>
    public Homes In(ReadOnlySpan<Backend> members)
    {
        var takes = new int[members.Length];
        foreach (var home in InForce.Candidates)
        {
            foreach (var member in members)
            {
                if (member.Key == home.Key) takes[member.Index] = InForce.WeightOf(home);
            }
        }

        return new Homes(new Eligibility(members, takes, failOpen: false), [], members);
    }

    /// <param name="From">Monotonic milliseconds.</param>
    /// <param name="Homes">Until the next.</param>
    private readonly record struct Stage(long From, Eligibility Homes);

    /// <param name="Takes">Its weight from then on, 0 = takes no sessions any more.</param>
    /// <param name="At">Monotonic milliseconds.</param>
    private readonly record struct Change(int Index, int Takes, long At)
    {
        public Eligibility To(Eligibility before, ReadOnlySpan<Backend> members)
        {
            var takes = new int[members.Length];
            foreach (var member in members) takes[member.Index] = member.Index == Index ? Takes : before.WeightOf(member);
            return new Eligibility(members, takes, failOpen: false);
        }
    }
}
