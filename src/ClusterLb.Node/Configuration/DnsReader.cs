using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads <c>dns { ... }</c>.</summary>
internal static class DnsReader
{
    private const int MostAddresses = 8;

    /// <summary>With the name of a node before it, it is still a name (RFC 1035, section 2.3.4).</summary>
    private const int LongestZone = 180;

    private const string LegalAddress = "an IP address of one machine without a port, such as 192.0.2.11 or 2001:db8::11";

    public static DnsConfig Read(ConfigurationSection section)
    {
        var dns = new DnsConfig
        {
            Bind = ReadBind(section),
            Zone = ReadZone(section),
            Ttl = section.Duration("ttl", "1s", "1h"),
            Advertise = section.List("advertise", ParseAddress, LegalAddress),
            NameServers = section.List("name-servers", text => (DnsName.Parse(Plain(text)) is not null, Plain(text)),
                "a name written in full, such as ns1.example.com"),
            SecondaryTransfer = section.List("secondary-transfer", ParseAddress, LegalAddress),
            RateLimit = section.Integer("rate-limit", 0, 1_000_000),
        };
        if (dns.Ttl.Ticks % TimeSpan.TicksPerSecond != 0) section.Report("ttl", "has a part of a second; it must be whole seconds");
        if (dns.Advertise.Count > MostAddresses) section.Report("advertise", $"has more than {MostAddresses} addresses");
        if (dns.Advertise.Distinct().Count() < dns.Advertise.Count) section.Report("advertise", "has an address twice");
        section.RejectUnknown();
        return dns;
    }

    private static IPEndPoint? ReadBind(ConfigurationSection section)
    {
        if (section.Text("bind") is not { Length: > 0 } text) return null;
        var bind = EndPoints.ParseBind(text, out var problem);
        if (bind is null) section.Report("bind", problem);
        return bind;
    }

    private static string ReadZone(ConfigurationSection section)
    {
        var zone = Plain(section.Text("zone"));
        if (zone.Length == 0 || (zone.Length <= LongestZone && DnsName.Parse(zone) is not null)) return zone;
        section.Report("zone",
            $"\"{zone}\" is not a name of {LongestZone} characters or less; it must be written in full, such as lb.example.com");
        return "";
    }

    /// <summary>As names are compared, and without the dot that a zone file would end it with.</summary>
    private static string Plain(string name) =>
        (name.Length > 1 && name.EndsWith('.') ? name[..^1] : name).ToLowerInvariant();

    private static (bool IsLegal, IPAddress Value) ParseAddress(string text)
    {
        var address = EndPoints.ParseAddress(text);
        return (address is not null && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any), address!);
    }
}
