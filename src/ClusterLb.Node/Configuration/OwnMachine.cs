using System.Net;
using System.Net.NetworkInformation;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>Where connections from this machine end: of one look, for interfaces come and go. One thread at a time.</summary>
/// <param name="config">Says what this node is called, and how it binds.</param>
internal sealed class OwnMachine(ClusterLbConfig config)
{
    // Read once, and only when an address is in question: the system writes them all down anew for every one who asks.
    private readonly Lazy<HashSet<IPAddress>> _addresses = new(ReadAddresses, LazyThreadSafetyMode.None);

    /// <summary>Who connects to that backend, by any of its addresses, ends at the listener that is bound so.</summary>
    public bool IsAt(BackendConfig backend, IPEndPoint bind) =>
        IsAt(backend.EndPoint, bind) || backend.Addresses.Any(address => IsAt(address, bind));

    private bool IsAt(IPEndPoint address, IPEndPoint bind)
    {
        if (address.Port != bind.Port || bind.Port == 0) return false;
        // To connect to "any" is to connect to loopback.
        var to = address.Address.Equals(IPAddress.Any)
            ? IPAddress.Loopback
            : address.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address.Address;
        if (to.IsIPv4MappedToIPv6) to = to.MapToIPv4();
        if (!bind.Address.Equals(IPAddress.Any) && !bind.Address.Equals(IPAddress.IPv6Any)) return bind.Address.Equals(to);
        return (to.AddressFamily == bind.AddressFamily || BoundPorts.AlsoTakesIPv4(config, bind)) && IsHere(to);
    }

    private bool IsHere(IPAddress address) =>
        IPAddress.IsLoopback(address) || (IPAddress.TryParse(config.Node.Host, out var own) && own.Equals(address))
        || _addresses.Value.Contains(address);

    private static HashSet<IPAddress> ReadAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces().SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(one => one.Address),
    ];
}
