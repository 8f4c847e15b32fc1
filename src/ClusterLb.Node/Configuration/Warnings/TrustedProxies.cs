using System.Net;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Networks in a form that no client is known by, that are wider than they look, or that hold everybody.</summary>
internal static class TrustedProxies
{
    private const int BitsBeforeIPv4 = 96;

    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var listener in of.Config.Listeners)
        {
            var key = ConfigurationKey.Of("listeners", listener.Name, "trusted-proxies");
            foreach (var network in listener.TrustedProxies.Where(IsMapped))
            {
                yield return of.Warn(key,
                    $"\"{network}\" trusts nobody, for who comes by IPv4 is known by that address; it must be \"{ToIPv4(network)}\"");
            }

            foreach (var network in listener.TrustedProxies.Where(network => network.PrefixLength == 0))
            {
                yield return of.Warn(key, $"\"{network}\" trusts every client, and each may then say any address of itself in "
                    + "X-Forwarded-For, to limits, sessions and the log; it must be the networks of the proxies in front");
            }

            for (var i = 0; i < listener.TrustedProxies.Count; i++)
            {
                // A list may also be written as one text.
                var written = of.Text.TextOf($"{key}[{i}]") ?? of.Text.TextOf(key);
                var network = listener.TrustedProxies[i];
                if (written is null || network.PrefixLength == 0 || IsMapped(network)) continue;
                if (AddressOf(written) is not { } address || address.Equals(network.BaseAddress))
                    continue;
                yield return of.Warn(key, $"\"{written}\" trusts all of {network}, whatever stands behind its first "
                    + $"{network.PrefixLength} bits; it must be \"{network}\", or "
                    + $"\"{new IPNetwork(address, BitsOf(address))}\" for one proxy");
            }
        }
    }

    private static bool IsMapped(IPNetwork network) =>
        network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= BitsBeforeIPv4;

    private static IPAddress? AddressOf(string network) => IPAddress.TryParse(network.Split('/')[0], out var address) ? address : null;

    private static int BitsOf(IPAddress address) => address.GetAddressBytes().Length * 8;

    private static IPNetwork ToIPv4(IPNetwork network) => new(network.BaseAddress.MapToIPv4(), network.PrefixLength - BitsBeforeIPv4);
}
