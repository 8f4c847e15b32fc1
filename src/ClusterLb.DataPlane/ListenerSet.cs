using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane;

/// <summary>
/// The listeners of all loops: binds and opens them, and changes them while they serve. Read by any thread; one change at a time.
/// </summary>
/// <param name="config">Of the start.</param>
/// <param name="workers">By loop.</param>
/// <param name="nodeGauge">Connections of all of them.</param>
/// <param name="protocolOf">Makes what is spoken at a listener, on a loop.</param>
internal sealed class ListenerSet(
    ClusterLbConfig config, Worker[] workers, ConnectionGauge nodeGauge,
    Func<Worker, ListenerConfig, TrafficCounters, IProtocol> protocolOf)
{
    private ClusterLbConfig _config = config;

    // Those that were removed stay among them until they are not there any more.
    private volatile NodeListener[] _all = [];

    /// <summary>Those configured, in the order of the file, then those removed that have clients still.</summary>
    public IEnumerable<NodeListener> All => _all.Where(listener => listener.IsThere);

    /// <summary>Their parts on the loops.</summary>
    public IEnumerable<LoopListener> Parts => All.SelectMany(listener => listener.Parts);

    /// <summary>Where each is bound that is configured, by name.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> EndPoints =>
        All.Where(listener => !listener.Parts[0].IsClosed).ToDictionary(listener => listener.Name, listener => listener.EndPoint);

    /// <summary>Before the loops run.</summary>
    /// <exception cref="ListenerBindException">An address cannot be bound.</exception>
    public void Bind()
    {
        foreach (var listener in _config.Listeners)
        {
            var bound = Make(listener);
            // In it already when the next one fails: what it has bound is closed with the loops.
            _all = [.. _all, bound];
            Bind(bound);
        }
    }

    /// <summary>Clients are served when this completes.</summary>
    /// <exception cref="ListenerBindException">Somebody else took an address meanwhile.</exception>
    public async Task OpenAsync()
    {
        foreach (var listener in All)
        {
            try
            {
                // The first loop asks whether the address is free, so it must be alone.
                foreach (var part in listener.Parts) await part.Loop.RunAsync(part.Resume);
            }
            catch (SocketException failure)
            {
                throw new ListenerBindException(listener.Name, listener.EndPoint, failure);
            }
        }
    }

    /// <summary>
    /// Binds what another configuration has that this one has not. Nothing else is changed, and nobody who connects there is served, before
    /// <see cref="CommitAsync"/>. After <see cref="OpenAsync"/>.
    /// </summary>
    /// <exception cref="ListenerBindException">An address cannot be bound; everything is as it was.</exception>
    public async Task<ListenerChange> PrepareAsync(ClusterLbConfig desired)
    {
        var before = All.ToDictionary(listener => listener.Name);
        var plan = ListenerPlan.Between(_config, desired);
        var listeners = plan.Listeners.Select(planned =>
            new ChangedListener(planned, before.GetValueOrDefault(planned.Config.Name) ?? Make(planned.Config),
                before.GetValueOrDefault(planned.From))).ToList();
        var change = new ListenerChange(desired, listeners, [.. plan.Removed.Select(name => before[name])], workers, protocolOf);
        await change.BindAsync();
        return change;
    }

    /// <summary>Makes it so, on every loop at once: nobody who connects is refused or reset, who is connected stays.</summary>
    /// <param name="change">The last one prepared.</param>
    public async Task CommitAsync(ListenerChange change)
    {
        await change.SwitchAsync();
        var configured = change.Listeners.Select(changed => changed.Listener).ToList();
        (_config, _all) = (change.Desired, [.. configured, .. All.Except(configured)]);
    }

    private NodeListener Make(ListenerConfig listener)
    {
        var gauge = new ConnectionGauge(listener.MaxConnections);
        var clients = new ClientGauge(listener.MaxConnectionsPerClient);
        return new NodeListener(listener, gauge, clients)
        {
            Parts = [.. workers.Select(worker => new LoopListener(worker.Loop, worker.Listeners, listener, gauge, nodeGauge, clients,
                protocolOf(worker, listener, new TrafficCounters()), stages: []))],
        };
    }

    private void Bind(NodeListener listener)
    {
        var address = new BindAddress(listener.Config.Bind, BoundPorts.AlsoTakesIPv4(_config, listener.Config.Bind));
        try
        {
            // With port 0 the first loop gets a port from the system, and the others share it.
            foreach (var part in listener.Parts) address = address with { EndPoint = part.Bind(address).EndPoint };
            listener.EndPoint = address.EndPoint;
        }
        catch (SocketException failure)
        {
            throw new ListenerBindException(listener.Name, address.EndPoint, failure);
        }
    }
}
