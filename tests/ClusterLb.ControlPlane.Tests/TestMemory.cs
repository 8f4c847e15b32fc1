using System.Net;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.ControlPlane.Tests.Discovery;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Time;
using ClusterLb.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.ControlPlane.Tests;

/// <summary>The memory of a control plane over live pools, without a data plane.</summary>
internal sealed class TestMemory : IPoolEvents
{
    public TestMemory(params PoolConfig[] pools) : this(null, pools)
    {
    }

    /// <param name="time">Null = <see cref="Time"/>.</param>
    /// <param name="pools">The first is the listener's.</param>
    public TestMemory(TimeProvider? time, params PoolConfig[] pools) : this(time, static config => config, pools)
    {
    }

    /// <param name="time">Null = <see cref="Time"/>.</param>
    /// <param name="vary">Of the configuration of one node.</param>
    /// <param name="pools">The first is the listener's.</param>
    public TestMemory(TimeProvider? time, Func<ClusterLbConfig, ClusterLbConfig> vary, params PoolConfig[] pools)
    {
        var tables = new RoutingTableHolder();
        var config = vary(Configs.Of(Configs.Listener with { Pool = pools[0].Name }, pools));
        Memory = new NodeMemory(config, tables, NullLogger.Instance, new Clock(time ?? Time));
        Owner = new TableOwner(tables, new RoutingTableBuilder(this), Memory.Clock);
        Owner.Apply(config);
        Table = new DesiredTable(Owner);
        Discovery = new BackendDiscovery(
            source => Sources.TryGetValue(source.Discover, out var known) ? known : throw new KeyNotFoundException(source.Discover),
            Table, tables, Memory.Members.Events, new Random(1), Memory.Clock);
        Table.MakeOf(Discovery);
    }

    /// <summary>Of the memory; probes and actors have their own clocks.</summary>
    public FakeTimeProvider Time { get; } = new();

    public NodeMemory Memory { get; }

    public TableOwner Owner { get; }

    /// <summary>Makes tables with what <see cref="Discovery"/> has found, once something is applied to it.</summary>
    public DesiredTable Table { get; }

    public BackendDiscovery Discovery { get; }

    /// <summary>What <c>discover</c> may name.</summary>
    public Dictionary<string, ScriptedSource> Sources { get; } = [];

    public Pool Pool => Memory.Tables.Current.Pools[0];

    /// <summary>Other pools, from now on.</summary>
    public TableChange Apply(params PoolConfig[] pools) => Owner.Apply(Memory.Config with { Pools = pools.ToEquatableList() });

    /// <summary>A pool named app whose backends nobody listens at.</summary>
    public static PoolConfig PoolOf(int backends, HealthConfig health) =>
        Configs.PoolOf([.. Enumerable.Range(1, backends).Select(port => new IPEndPoint(IPAddress.Loopback, port))]) with
        {
            Health =
            health
        };

    public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
    {
    }

    public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
    {
    }
}
