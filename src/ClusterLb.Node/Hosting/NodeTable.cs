using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Names;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Discovery;
using ClusterLb.Node.Names;

namespace ClusterLb.Node.Hosting;

/// <summary>What a node finds out of backends while it serves: what their names stand for, and who else there is.</summary>
internal sealed class NodeTable : IAsyncDisposable
{
    private readonly BackendNames _names;

    /// <param name="config">Says whom to ask.</param>
    /// <param name="owner">Publishes every table.</param>
    /// <param name="memory">Has what it is judged by, and the events.</param>
    public NodeTable(ClusterLbConfig config, TableOwner owner, NodeMemory memory)
    {
        var (events, time) = (memory.Members.Events, memory.Clock.Provider);
        var loops = new NamedLoops(owner, events);
        owner.Listen(_ => loops.Look());
        var queries = new NameQueries(config.Cluster.NameServers);
        var lookup = new NameLookup(queries);
        var context = new SourceContext(lookup, queries, time);
        Table = new DesiredTable(owner) { Usable = LoopRules.WithoutNamedLoops };
        _names = new BackendNames(lookup, Table, events, new Random(), time);
        Discovery = new BackendDiscovery(
            source => SourceKinds.Open(source, context), Table, memory.Tables, events, new Random(), memory.Clock);
        Table.MakeOf(_names, Discovery);
    }

    /// <summary>Every table is made there.</summary>
    public DesiredTable Table { get; }

    public BackendDiscovery Discovery { get; }

    /// <summary>Publishes the first table; what has no answer by then is down, or not there, until it has.</summary>
    /// <param name="config">Says whom to ask, too.</param>
    /// <param name="owner">Publishes every table.</param>
    /// <param name="memory">Has what it is judged by, and the events.</param>
    public static async Task<NodeTable> StartAsync(ClusterLbConfig config, TableOwner owner, NodeMemory memory)
    {
        var started = new NodeTable(config, owner, memory);
        await started.Table.PrepareAsync(config);
        started.Table.Apply(config);
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await Discovery.DisposeAsync();
        await _names.DisposeAsync();
    }
}
