using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Dns.Zones;

/// <summary>
/// Everything the zone says at one moment: a pure function of the nodes as they are known here. Its own name has the addresses of the nodes
/// that serve, or of all known ones when none does; each node has its own under its name. Immutable; any thread.
/// </summary>
internal sealed class Zone
{
    /// <summary>
    /// Of its name servers, in seconds: who asks for them should not have to ask the parent again each time an address has run out.
    /// </summary>
    private const uint LeastNameServerTtl = 60;

    /// <summary>In seconds, for secondaries: to look for a change, to try again, to give the zone up.</summary>
    private static readonly uint[] s_secondaryTimes = [5, 5, 86_400];

    private readonly byte[] _name;
    private readonly Dictionary<string, NameRecords> _names = [];
    private readonly Dictionary<string, NameRecords>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="config">With a zone.</param>
    /// <param name="nodes">In any order.</param>
    /// <param name="serial">Grows with every change.</param>
    /// <param name="ttl">Of addresses, in seconds, and of that there are none.</param>
    public Zone(DnsConfig config, IReadOnlyList<ZoneNode> nodes, uint serial, uint ttl)
    {
        (_name, Serial, Ttl) = (DnsName.Parse(config.Zone)!, serial, ttl);
        _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        var present = nodes.Where(node => !node.IsGone).ToList();
        var serving = present.Where(node => node.IsServing).ToList();
        Apex = RecordsOf(serving.Count > 0 ? serving : present);
        foreach (var alike in nodes.GroupBy(node => node.Name.ToLowerInvariant())) AddName(alike.Key, RecordsOf(alike));
        var servers = config.NameServers.Count > 0
            ? [.. config.NameServers]
            : present.Where(node => node.IsNameServer).Select(node => node.NameIn(config.Zone)).Distinct().Order(StringComparer.Ordinal)
                .ToList();
        NameServers = [.. servers.Select(DnsName.Parse).OfType<byte[]>()];
        Authority = MakeAuthority(NameServers.Count > 0 ? NameServers[0] : _name);
    }

    /// <summary>Of its own name.</summary>
    public NameRecords Apex { get; }

    /// <summary>As messages carry names.</summary>
    public IReadOnlyList<byte[]> NameServers { get; }

    /// <summary>The data of its SOA record (RFC 1035, section 3.3.13).</summary>
    public byte[] Authority { get; }

    public uint Serial { get; }

    public uint Ttl { get; }

    public uint NameServerTtl => Math.Max(Ttl, LeastNameServerTtl);

    /// <summary>Every name below its own that has addresses: its labels, without those of the zone.</summary>
    public IEnumerable<(byte[] Labels, NameRecords Records)> Names =>
        _names.Where(name => name.Value != NameRecords.None).OrderBy(name => name.Key, StringComparer.Ordinal)
            .Select(name => (Encoding.Latin1.GetBytes(name.Key), name.Value));

    /// <param name="name">In lower case, as messages carry names.</param>
    /// <param name="zoneAt">Where in it the zone's own name begins; negative = it is no name of this zone.</param>
    /// <returns>Null when there is no such name.</returns>
    public NameRecords? Find(ReadOnlySpan<byte> name, out int zoneAt)
    {
        zoneAt = 0;
        while (name.Length - zoneAt > _name.Length) zoneAt += 1 + name[zoneAt];
        if (!name[zoneAt..].SequenceEqual(_name))
        {
            zoneAt = -1;
            return null;
        }

        if (zoneAt == 0) return Apex;
        Span<char> labels = stackalloc char[zoneAt];
        Encoding.Latin1.GetChars(name[..zoneAt], labels);
        return _lookup.TryGetValue(labels, out var records) ? records : null;
    }

    /// <summary>A name above one that exists does exist (RFC 8020). One that is no name of DNS has no records of its own.</summary>
    private void AddName(string node, NameRecords records)
    {
        if (DnsName.Parse(node) is not { } name) return;
        var labels = Encoding.Latin1.GetString(name.AsSpan(0, name.Length - 1));
        _names[labels] = records;
        for (var at = 1 + labels[0]; at < labels.Length; at += 1 + labels[at]) _names.TryAdd(labels[at..], NameRecords.None);
    }

    private static NameRecords RecordsOf(IEnumerable<ZoneNode> nodes)
    {
        // In one order everywhere, so that all nodes have the same zone.
        var addresses = nodes.SelectMany(node => node.Addresses).Distinct().ToLookup(address => address.AddressFamily);
        return new NameRecords(InOrder(addresses[AddressFamily.InterNetwork]), InOrder(addresses[AddressFamily.InterNetworkV6]));
    }

    private static byte[][] InOrder(IEnumerable<IPAddress> addresses) =>
        [.. addresses.Select(address => address.GetAddressBytes()).OrderBy(Convert.ToHexString, StringComparer.Ordinal)];

    private byte[] MakeAuthority(byte[] primary)
    {
        byte[] mailbox = [.. "\nhostmaster"u8, .. _name];
        var data = new byte[primary.Length + mailbox.Length + 20];
        primary.CopyTo(data, 0);
        mailbox.CopyTo(data, primary.Length);
        var numbers = data.AsSpan(primary.Length + mailbox.Length);
        foreach (var number in (uint[])[Serial, .. s_secondaryTimes, Ttl])
        {
            BinaryPrimitives.WriteUInt32BigEndian(numbers, number);
            numbers = numbers[4..];
        }

        return data;
    }
}
