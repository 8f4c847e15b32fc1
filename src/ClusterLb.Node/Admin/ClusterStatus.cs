using System.Globalization;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Stores;
using ClusterLb.Core.Time;
using ClusterLb.DataPlane;
using ClusterLb.Node.Lifecycle;
using ClusterLb.Node.Reload;

namespace ClusterLb.Node.Admin;

/// <summary>Puts together what both planes of this node know, for people. Any thread.</summary>
internal sealed class ClusterStatus(
    TableOwner owner, NodeState node, DataPlaneHost dataPlane, RoutingTableHolder tables, ControlPlaneHost controlPlane,
    IBindingStore? store, ReloadCounts reloads, BackendDiscovery discovery, Clock clock)
{
    private readonly ClusterCommands _commands = controlPlane.Commands;

    /// <summary>Monotonic, on the same clock as the event loops.</summary>
    public long NowMilliseconds => clock.NowMilliseconds;

    public StatusReport Read()
    {
        var (config, ring) = owner.InForce;
        var cluster = _commands.Read();
        var reading = dataPlane.Read();
        return new StatusReport(
            config.Node.Name,
            node.Word,
            Math.Round(node.Uptime.TotalSeconds, 1),
            tables.Current.Version,
            new ControlPlaneReport(controlPlane.IsRunning, controlPlane.Restarts, cluster.Refusal),
            new ConfigReport(
                config.Fingerprint, cluster.Disagreeing.Count == 0, cluster.Disagreeing,
                ring.ToString("x16", CultureInfo.InvariantCulture), cluster.RingDisagreeing, reloads.InForceSince),
            new StoreReport(config.Store.Type, store?.IsUp ?? true, store?.Waiting ?? 0),
            [.. cluster.Nodes.Select(NodeStatus.Of)],
            [.. cluster.MissingSeeds.Select(seed => SeedReport.Of(seed, clock.UtcNow))],
            ReadListeners(config, reading),
            ReadPools(tables.Current.Pools, cluster));
    }

    /// <summary>While the configuration changes one may not be there yet, or already.</summary>
    private List<ListenerReport> ReadListeners(ClusterLbConfig config, DataPlaneSnapshot reading)
    {
        var (bound, counts) = (dataPlane.EndPoints, reading.Listeners.ToDictionary(listener => listener.Name));
        return [.. config.Listeners.Where(listener => bound.ContainsKey(listener.Name) && counts.ContainsKey(listener.Name))
            .Select(listener => new ListenerReport(
                listener.Name, bound[listener.Name].ToString(), listener.Protocol.ToString().ToLowerInvariant(),
                counts[listener.Name].Active, counts[listener.Name].Accepted))];
    }

    public IReadOnlyList<NodeStatus> ReadNodes() => [.. _commands.Read().Nodes.Select(NodeStatus.Of)];

    public IReadOnlyList<PoolReport> ReadPools() => ReadPools(tables.Current.Pools, _commands.Read());

    public PoolReport ReadPool(Pool pool) => ReadPools([pool], _commands.Read())[0];

    public BackendReport ReadBackend(Pool pool, Backend backend) =>
        Report(pool, backend, _commands.Read(), RequestsOf(backend));

    /// <summary>Says what nodes dial where they find different servers under one name: the answer is about this node's alone.</summary>
    public Explanation WithAddresses(Explanation explanation)
    {
        var cluster = _commands.Read();
        return explanation with { Backends = [.. explanation.Backends.Select(Located)] };

        ExplainedBackend Located(ExplainedBackend backend)
        {
            var addresses = cluster.AddressesOf($"{explanation.Pool}/{backend.Name}");
            if (addresses.Count == 0) return backend;
            var dialled = $"nodes dial different servers: {string.Join(", ", addresses.Select(node => $"{node.Key} {node.Value}"))}";
            return backend with { Reason = backend.Reason.Length == 0 ? dialled : $"{backend.Reason}; {dialled}" };
        }
    }

    /// <summary>A node that was not known by name yet when something happened to it is named now.</summary>
    public async Task<IReadOnlyList<EventReport>> ReadEventsAsync(TimeSpan timeout)
    {
        var named = _commands.Read().Nodes.Where(one => one.Address.Length > 0).DistinctBy(one => one.Address);
        var names = named.ToDictionary(one => one.Address, one => one.Name);
        return [.. (await _commands.ReadEventsAsync(timeout)).Select(one =>
            new EventReport(DateTimeOffset.FromUnixTimeMilliseconds(one.UtcMilliseconds), one.Node,
                names.GetValueOrDefault(one.Subject, one.Subject), one.Text))];
    }

    private long RequestsOf(Backend backend) =>
        dataPlane.Read().Backends.FirstOrDefault(one => one.Backend.Id == backend.Id)?.Latency.Count ?? 0;

    private List<PoolReport> ReadPools(IEnumerable<Pool> pools, ClusterView cluster)
    {
        var requests = dataPlane.Read().Backends.ToDictionary(backend => backend.Backend.Id, backend => backend.Latency.Count);
        return [.. pools.Select(pool => new PoolReport(pool.Name, pool.Config.Balance, pool.FailOpen, [.. pool.Members.Select(backend =>
            Report(pool, backend, cluster, requests.GetValueOrDefault(backend.Id)))], SourceReport.Of(pool.Config, discovery)))];
    }

    private BackendReport Report(Pool pool, Backend backend, ClusterView cluster, long requests) =>
        BackendReport.Of(
            pool.Read(backend), cluster, requests, _commands.Sessions.Bound.Of(backend), _commands.Sessions.Departures.Of(backend.Key),
            NowMilliseconds, clock.UtcNow);
}
