using System.Globalization;
using System.Net;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Discovery;

/// <summary>One backend as a source has it.</summary>
/// <param name="Target">A host name, or an address: IPv6 in brackets.</param>
/// <param name="Port">1 to 65,535.</param>
/// <param name="Addresses">The ways to it, in order; one for a target that is an address, none while nobody knows any.</param>
public sealed record FoundBackend(string Target, int Port, EquatableList<IPAddress> Addresses)
{
    /// <summary>Those with a higher one get work when none with a lower one is available. 0 to 65,535; default 0.</summary>
    public int Priority { get; init; }

    /// <summary>0 to 256; null = the source does not tell.</summary>
    public int? Weight { get; init; }

    /// <summary>0 = unlimited; null = the source does not tell.</summary>
    public int? MaxInFlight { get; init; }

    /// <summary>What it is called in its pool.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Target}:{Port}");

    /// <summary>One whose target is its address.</summary>
    public static FoundBackend At(IPEndPoint endPoint)
    {
        var text = endPoint.ToString();
        return new FoundBackend(text[..text.LastIndexOf(':')], endPoint.Port, [endPoint.Address]);
    }

    /// <summary>Whether one can connect to it at all: neither "any", nor a group of machines.</summary>
    public static bool IsOfOneMachine(IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Broadcast)
        && !address.IsIPv6Multicast && (address.GetAddressBytes() is not { Length: 4 } bytes || bytes[0] is > 0 and < 224);
}
