using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.ControlPlane.Names;

/// <summary>What is known of a name, and what an answer makes of it: pure.</summary>
/// <param name="Addresses">The last good ones, IPv4 first, each family in order; empty = there never were any.</param>
/// <param name="Server">
/// One of them, which stands for the server: it stays while answers have it, so that an address more or less is no other server.
/// </param>
/// <param name="Problem">Of the latest answer; empty = it was good.</param>
internal sealed record KnownName(EquatableList<IPAddress> Addresses, IPAddress? Server, string Problem)
{
    public static KnownName NotAsked { get; } = new([], null, "no answer yet");

    /// <summary>In words; for the log.</summary>
    public string Text => Addresses.Count == 0 ? "not known" : string.Join(", ", Addresses);

    /// <summary>An answer without an address changes none.</summary>
    public KnownName After(NameAnswer answer)
    {
        if (answer.Addresses.Count == 0) return this with { Problem = answer.Problem };
        var addresses = answer.Addresses.Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).Distinct()
            .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
            .ThenBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal).ToEquatableList();
        return new KnownName(addresses, Server is not null && addresses.Contains(Server) ? Server : addresses[0], "");
    }

    /// <summary>When to ask again.</summary>
    /// <param name="draw">From 0 to 1: names that were asked together are not for ever.</param>
    public static TimeSpan NextAfter(NameAnswer answer, double draw) =>
        RefreshRule.Next(answer.Addresses.Count > 0, answer.TimeToLive, draw);

    /// <summary>A backend with the addresses of its name.</summary>
    public BackendConfig Put(BackendConfig backend)
    {
        var port = backend.EndPoint.Port;
        return Server is null
            ? backend with { NameProblem = string.Create(CultureInfo.InvariantCulture, $"name does not resolve: {Problem}") }
            : backend with
            {
                EndPoint = new IPEndPoint(Server, port),
                Addresses = Addresses.Select(address => new IPEndPoint(address, port)).ToEquatableList(),
                NameProblem = "",
            };
    }
}
