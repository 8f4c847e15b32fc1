using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Tables;

/// <summary>
/// Publishes every routing table, the first one too: takes what is to be served, and tells what changed by it. No actor, so that it works
/// whatever ActorSystem runs, or none. Any thread; one change at a time.
/// </summary>
/// <param name="tables">What the data plane reads.</param>
/// <param name="builder">Its own from here on.</param>
public sealed class TableOwner(RoutingTableHolder tables, RoutingTableBuilder builder, Clock clock)
{
    private readonly Lock _changing = new();
    private readonly List<Action<TableChange>> _listeners = [];
    private volatile AppliedConfig? _inForce;

    /// <summary>What the table of now was made of.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public AppliedConfig InForce => _inForce ?? throw new InvalidOperationException("no table has been published");

    /// <summary>
    /// Publishes the table of a configuration: what did not change stays the same object, with all that is known of it. When it returns,
    /// requests that begin go by it, and who listens has heard.
    /// </summary>
    /// <param name="desired">Valid.</param>
    public TableChange Apply(ClusterLbConfig desired)
    {
        lock (_changing)
        {
            var change = TableChange.Between(tables.Current, builder.Build(desired, clock.NowMilliseconds));
            _inForce = new AppliedConfig(desired, RingEpoch.Of(desired.Pools));
            tables.Publish(change.To);
            Tell(change);
            return change;
        }
    }

    /// <summary>All of them, whatever one of them throws: the table is in force.</summary>
    /// <exception cref="AggregateException">What they threw: bugs.</exception>
    private void Tell(TableChange change)
    {
        var failures = new List<Exception>();
        foreach (var listener in _listeners)
        {
            try
            {
                listener(change);
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0) throw new AggregateException(failures);
    }

    /// <summary>Calls of every change to come, in order, on the thread that makes it, so it must only note it or send a message.</summary>
    public void Listen(Action<TableChange> listener)
    {
        lock (_changing) _listeners.Add(listener);
    }
}

/// <param name="Config">What an operator wrote, or what was found.</param>
/// <param name="Ring">The epoch of its hash tables.</param>
public sealed record AppliedConfig(ClusterLbConfig Config, ulong Ring);
