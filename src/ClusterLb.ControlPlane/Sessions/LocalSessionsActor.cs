using Akka.Actor;
using Akka.Event;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// Makes known which sessions this node has met and told nobody of, when a drain, maintenance, a weight or another configuration is about
/// to change where the hash puts them: from then on they are bound like any other, and stay. Goes over the table part by part, within a
/// part too only as fast as peers can be told.
/// </summary>
internal sealed class LocalSessionsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    /// <summary>As often as peers are told.</summary>
    private static readonly TimeSpan s_turn = SessionExchangeActor.Round;

    /// <summary>A turn goes on until it has told of so many.</summary>
    private const int MostInTurn = 20_000;

    private readonly SessionMemory _memory;
    private readonly RoutingTableHolder _tables;
    private readonly Clock _clock;
    private readonly Dictionary<string, Eligibility> _seen = [];
    private IReadOnlyList<Binding> _met = [];
    private int _at;
    private int _part = BindingTable.Parts;

    public LocalSessionsActor(SessionDependencies shared)
    {
        (_memory, _, _tables, _clock, _) = shared;
        Receive<Turn>(_ => TakeTurn());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartSingleTimer(Turn.Instance, Turn.Instance, s_look);

    private void TakeTurn()
    {
        // Also one that is over had not seen the latest change.
        if (HasChanged()) (_part, _met, _at) = (0, [], 0);
        var (utc, now, table) = (_clock.UtcSeconds, _clock.NowMilliseconds, _tables.Current);
        // Never more than half of what may wait: the rest is for event loops, whose notes would be dropped.
        for (var told = 0; told < MostInTurn && _memory.Notes.Waiting < BindingNotes.Capacity / 2 && HasNext();)
        {
            var binding = _met[_at++];
            if (!binding.IsLocal || binding.IsExpired(utc) || LocalSessions.ToTell(binding, table, now) is not { } known) continue;
            _memory.Notes.Add(new BindingNote(known, IsStored: false));
            told++;
        }

        Timers.StartSingleTimer(Turn.Instance, Turn.Instance, HasNext() ? s_turn : s_look);
    }

    /// <summary>Reads the next part once one is through.</summary>
    private bool HasNext()
    {
        while (_at == _met.Count && _part < BindingTable.Parts) (_met, _at) = (_memory.Bindings.Read(_part++), 0);
        if (_at < _met.Count) return true;
        (_met, _at) = ([], 0);
        return false;
    }

    private bool HasChanged()
    {
        var hasChanged = false;
        foreach (var gone in _seen.Keys.Where(pool => _tables.Current.Find(pool) is null).ToList()) _seen.Remove(gone);
        foreach (var pool in _tables.Current.Pools)
        {
            if (pool.Config.Sticky.By == StickyBy.None
                || (_seen.TryGetValue(pool.Name, out var seen) && ReferenceEquals(seen, pool.Homes.Coming)))
            {
                continue;
            }

            _seen[pool.Name] = pool.Homes.Coming;
            hasChanged = true;
        }

        return hasChanged;
    }

    private sealed class Turn : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Turn Instance = new();
    }
}
