using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Workers;

namespace ClusterLb.DataPlane;

/// <summary>
/// A change of listeners whose new sockets are there: it can be made, or let be. One thread prepares it; loops then only read it.
/// </summary>
/// <param name="desired">What the listeners are to be like.</param>
/// <param name="listeners">Those there are to be, in the order of the file.</param>
/// <param name="removed">Those that are to go.</param>
/// <param name="workers">By loop.</param>
/// <param name="protocolOf">Makes what is spoken at a listener, on a loop.</param>
internal sealed class ListenerChange(
    ClusterLbConfig desired, IReadOnlyList<ChangedListener> listeners, IReadOnlyList<NodeListener> removed, Worker[] workers,
    Func<Worker, ListenerConfig, TrafficCounters, IProtocol> protocolOf)
{
    public ClusterLbConfig Desired => desired;

    public IReadOnlyList<ChangedListener> Listeners => listeners;

    private IEnumerable<ChangedListener> New => listeners.Where(changed => changed.Planned.Source == SocketSource.New);

    /// <summary>Who would take clients from a socket that serves them as soon as it listened, and reset them were this let be.</summary>
    private IEnumerable<ChangedListener> JoiningOurs => New.Where(changed => changed.Planned.Address.JoinsOurs);

    /// <summary>All bind before the first listens: who connects to one that listens is reset when another cannot be had.</summary>
    /// <exception cref="ListenerBindException">An address cannot be bound; those that could are free again.</exception>
    public async Task BindAsync()
    {
        try
        {
            foreach (var changed in New) await TryAsync(changed, BindAsync);
            foreach (var changed in New.Where(changed => !changed.Planned.Address.JoinsOurs)) await TryAsync(changed, ListenAsync);
            foreach (var part in removed.SelectMany(gone => gone.Parts)) await part.Loop.RunAsync(part.Protocol.KeepRoutes);
        }
        catch
        {
            await AbandonAsync();
            throw;
        }
    }

    /// <summary>Everything stays as it is; what was bound is free again.</summary>
    public async Task AbandonAsync()
    {
        foreach (var (socket, worker) in New.SelectMany(changed => changed.Sockets.Zip(workers)))
            await worker.Loop.RunAsync(socket.Dispose);
    }

    /// <summary>On every loop in one step.</summary>
    public async Task SwitchAsync()
    {
        foreach (var changed in listeners) changed.Follow();
        var headSize = DataPlaneHost.HeadSizeOf(desired);
        await Task.WhenAll(workers.Select((worker, loop) => worker.Loop.RunAsync(() =>
        {
            worker.Loop.HeadBuffers.Grow(headSize);
            Switch(loop);
        })));
    }

    private void Switch(int loop)
    {
        // Before any closes, so that a port of theirs refuses nobody meanwhile.
        foreach (var changed in JoiningOurs) changed.Sockets[loop].Listen();
        var given = listeners.ToDictionary(changed => changed, changed => changed.Giver?.Parts[loop].Release());
        foreach (var changed in listeners)
        {
            var (config, part) = (changed.Planned.Config, changed.Listener.Parts[loop]);
            if (part.Config != config)
                part.Follow(config, changed.Listener.Clients, traffic => protocolOf(workers[loop], config, traffic));
            var socket = changed.Planned.Source == SocketSource.New ? changed.Sockets[loop] : given[changed];
            if (socket is not null) part.Take(socket);
            part.Resume();
        }

        foreach (var gone in removed) gone.Parts[loop].Remove();
    }

    /// <summary>With port 0 the first loop gets a port from the system, and the others share it.</summary>
    private async Task BindAsync(ChangedListener changed)
    {
        var address = changed.Planned.Address;
        foreach (var part in changed.Listener.Parts)
        {
            await part.Loop.RunAsync(() => changed.Sockets.Add(part.Loop.Listen(address, part)));
            address = address with { EndPoint = changed.Sockets[^1].EndPoint };
        }
    }

    /// <summary>The first loop asks whether the address is free, so it must be alone.</summary>
    private async Task ListenAsync(ChangedListener changed)
    {
        foreach (var (socket, worker) in changed.Sockets.Zip(workers)) await worker.Loop.RunAsync(socket.Listen);
    }

    private static async Task TryAsync(ChangedListener changed, Func<ChangedListener, Task> action)
    {
        try
        {
            await action(changed);
        }
        catch (SocketException failure)
        {
            throw new ListenerBindException(changed.Listener.Name, changed.Planned.Address.EndPoint, failure);
        }
    }
}

/// <summary>One listener of a change.</summary>
/// <param name="Planned">What it is to be.</param>
/// <param name="Listener">The one of that name, or one that is not there yet.</param>
/// <param name="Giver">Whose socket it takes over; null = nobody's.</param>
internal sealed record ChangedListener(PlannedListener Planned, NodeListener Listener, NodeListener? Giver)
{
    /// <summary>Bound for it, by loop.</summary>
    public List<IListener> Sockets { get; } = [];

    private readonly System.Net.IPEndPoint? _given = Giver?.EndPoint;

    /// <summary>What all loops share goes by the new configuration.</summary>
    public void Follow()
    {
        Listener.Gauge.Follow(Planned.Config.MaxConnections);
        Listener.Clients = Listener.Clients.Follow(Planned.Config.MaxConnectionsPerClient);
        Listener.Config = Planned.Config;
        if (Planned.Source == SocketSource.New) Listener.EndPoint = Sockets[0].EndPoint;
        else if (_given is not null) Listener.EndPoint = _given;
    }
}
