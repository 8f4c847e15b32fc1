using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane;

/// <summary>
/// What becomes of each listener when another configuration takes the place of one: pure. One whose address stays keeps its socket; an
/// address that goes from one listener to another (renamed, exchanged) keeps its socket, too, with whoever waits there.
/// </summary>
/// <param name="Listeners">That there are to be, in the order of the file.</param>
/// <param name="Removed">The names of those that are to go.</param>
internal sealed record ListenerPlan(EquatableList<PlannedListener> Listeners, EquatableList<string> Removed)
{
    public static ListenerPlan Between(ClusterLbConfig from, ClusterLbConfig to)
    {
        var (before, after) = (AddressesOf(from), AddressesOf(to));
        var given = new HashSet<string>();
        foreach (var (name, address) in after.Where(one => !Keeps(one.Key, before, after)))
        {
            if (GiverOf(address, before, after) is { } giver) given.Add(giver);
        }

        // What closes with this change does not keep anybody away from its port.
        var closing = before.Where(one => !Keeps(one.Key, before, after) && !given.Contains(one.Key)).Select(one => one.Value.EndPoint.Port)
            .ToHashSet();
        return new ListenerPlan(
            to.Listeners.Select(listener => Of(listener, before, after, closing)).ToEquatableList(),
            before.Keys.Where(name => !after.ContainsKey(name)).ToEquatableList());
    }

    private static PlannedListener Of(
        ListenerConfig listener, Dictionary<string, BindAddress> before, Dictionary<string, BindAddress> after, HashSet<int> closing)
    {
        var address = after[listener.Name];
        if (Keeps(listener.Name, before, after)) return new PlannedListener(listener, address, SocketSource.Own, "");
        return GiverOf(address, before, after) is { } giver
            ? new PlannedListener(listener, address, SocketSource.Other, giver)
            : new PlannedListener(listener, address with { JoinsOurs = closing.Contains(address.EndPoint.Port) }, SocketSource.New, "");
    }

    private static Dictionary<string, BindAddress> AddressesOf(ClusterLbConfig config) => config.Listeners.ToDictionary(
        listener => listener.Name, listener => new BindAddress(listener.Bind, BoundPorts.AlsoTakesIPv4(config, listener.Bind)));

    private static bool Keeps(string name, Dictionary<string, BindAddress> before, Dictionary<string, BindAddress> after) =>
        before.TryGetValue(name, out var had) && after.TryGetValue(name, out var has) && had == has;

    /// <summary>The listener that has this address and is to have it no more; null = there is none.</summary>
    private static string? GiverOf(BindAddress address, Dictionary<string, BindAddress> before, Dictionary<string, BindAddress> after) =>
        // A port of the system's choice is nobody else's.
        address.EndPoint.Port == IPEndPoint.MinPort
            ? null
            : before.Where(one => one.Value == address && !Keeps(one.Key, before, after)).Select(one => one.Key).FirstOrDefault();
}

/// <summary>One listener that there is to be.</summary>
/// <param name="From">The name of the listener whose socket it takes over; empty = it does not.</param>
internal sealed record PlannedListener(ListenerConfig Config, BindAddress Address, SocketSource Source, string From);

internal enum SocketSource
{
    /// <summary>It has it.</summary>
    Own,

    /// <summary>Another listener gives it.</summary>
    Other,

    /// <summary>It is to be bound.</summary>
    New,
}
