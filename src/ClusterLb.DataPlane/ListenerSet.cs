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
    /// <param name="inherited">Of a process whose place this one takes; those that a listener can use are its own from here on.</param>
    /// <returns>Those that none can use.</returns>
    /// <exception cref="ListenerBindException">An address cannot be bound.</exception>
    public IReadOnlyList<ListeningSocket> Bind(IReadOnlyList<ListeningSocket> inherited)
    {
        foreach (var listener in _config.Listeners)
        {
            var bound = Make(listener);
            // In it already when the next one fails: what it has bound is closed with the loops.
            _all = [.. _all, bound];
            var own = inherited.Where(one => one.IsOf(listener.Name, listener.Bind, AlsoIPv4(listener))).ToList();
            inherited = [.. inherited.Except(own)];
            Deal(bound, own);
            Bind(bound, (own.FirstOrDefault()?.Socket.LocalEndPoint as IPEndPoint) ?? listener.Bind,
                joins: own.Count > 0 || inherited.Any(one => one.Bind.Port == listener.Bind.Port));
        }

        return inherited;
    }

    /// <summary>Another descriptor of every socket of the listeners that are configured.</summary>
    /// <exception cref="SocketException">There are none left.</exception>
    public async Task<IReadOnlyList<ListeningSocket>> CopySocketsAsync()
    {
        var copies = new List<ListeningSocket>();
        try
        {
            foreach (var (listener, part) in Configured.SelectMany(listener => listener.Parts.Select(part => (listener, part))))
            {
                await part.Loop.RunAsync(() => copies.AddRange(part.Sockets.Select(socket => new ListeningSocket(
                    listener.Name, listener.Config.Bind, AlsoIPv4(listener.Config), ListeningSocket.Copy(socket)))));
            }

            return copies;
        }
        catch
        {
            foreach (var copy in copies) copy.Socket.Dispose();
            throw;
        }
    }

    /// <summary>Clients come to another process from now on where it has the same sockets; the other listeners go on.</summary>
    /// <param name="copies">Of the sockets that it has.</param>
    public Task HandOverAsync(IReadOnlyList<ListeningSocket> copies) => Task.WhenAll(Configured
        .Where(listener => CopiesOf(listener, copies).Any())
        .SelectMany(listener => listener.Parts)
        .Select(part => part.Loop.RunAsync(part.TakeLast)));

    /// <summary>Undoes <see cref="HandOverAsync"/> with the same copies.</summary>
    /// <param name="copies">Its own from here on; what no listener uses is closed.</param>
    public async Task TakeBackAsync(IReadOnlyList<ListeningSocket> copies)
    {
        foreach (var listener in Configured)
        {
            var own = CopiesOf(listener, copies).ToList();
            copies = [.. copies.Except(own)];
            foreach (var (part, sockets) in listener.Parts.Zip(Dealt(own, listener.Parts.Length)))
            {
                if (sockets.Count == 0) continue;
                await part.Loop.RunAsync(() =>
                {
                    part.Take(ListenerGroup.Adopt(part.Loop, sockets, part));
                    part.Resume();
                });
            }
        }

        foreach (var unused in copies) unused.Socket.Dispose();
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

    /// <summary>Those of more loops than there are go to some loops in addition; nobody who waits in one is lost.</summary>
    private static IEnumerable<IReadOnlyList<Socket>> Dealt(IReadOnlyList<ListeningSocket> sockets, int loops) =>
        Enumerable.Range(0, loops).Select(loop => (IReadOnlyList<Socket>)[.. sockets.Where((_, i) => i % loops == loop)
            .Select(one => one.Socket)]);

    /// <summary>Without those that a reload has removed, and that have clients still.</summary>
    private IEnumerable<NodeListener> Configured => All.Where(listener => _config.Listeners.Contains(listener.Config));

    private IEnumerable<ListeningSocket> CopiesOf(NodeListener listener, IReadOnlyList<ListeningSocket> copies) =>
        copies.Where(one => one.IsOf(listener.Name, listener.Config.Bind, AlsoIPv4(listener.Config)));

    private static void Deal(NodeListener listener, IReadOnlyList<ListeningSocket> own)
    {
        foreach (var (part, sockets) in listener.Parts.Zip(Dealt(own, listener.Parts.Length)))
        {
            if (sockets.Count > 0) part.Take(ListenerGroup.Adopt(part.Loop, sockets, part));
        }
    }

    private bool AlsoIPv4(ListenerConfig listener) => BoundPorts.AlsoTakesIPv4(_config, listener.Bind);

    /// <summary>Loops that have no socket yet.</summary>
    /// <param name="joins">The process has the port already.</param>
    private void Bind(NodeListener listener, IPEndPoint bind, bool joins)
    {
        var address = new BindAddress(bind, AlsoIPv4(listener.Config)) { JoinsOurs = joins };
        try
        {
            // With port 0 the first loop gets a port from the system, and the others share it.
            foreach (var part in listener.Parts.Where(part => part.Sockets.Count == 0))
            {
                var socket = part.Loop.Listen(address, part);
                part.Take(socket);
                address = address with { EndPoint = socket.EndPoint };
            }

            listener.EndPoint = address.EndPoint;
        }
        catch (SocketException failure)
        {
            throw new ListenerBindException(listener.Name, address.EndPoint, failure);
        }
    }
}
