using System.Net;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Networks in a form that no client is known by.</summary>
internal static class TrustedProxies
{
    private const int BitsBeforeIPv4 = 96;

    public static IEnumerable<ConfigurationProblem> Look(Examined of) => of.Config.Listeners.SelectMany(listener => listener.TrustedProxies
        .Where(network => network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= BitsBeforeIPv4)
        .Select(network => of.Warn(ConfigurationKey.Of("listeners", listener.Name, "trusted-proxies"),
            $"\"{network}\" trusts nobody, for who comes by IPv4 is known by that address; it must be \"{ToIPv4(network)}\"")));

    private static IPNetwork ToIPv4(IPNetwork network) => new(network.BaseAddress.MapToIPv4(), network.PrefixLength - BitsBeforeIPv4);
}
