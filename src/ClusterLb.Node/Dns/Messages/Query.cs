namespace ClusterLb.Node.Dns.Messages;

/// <summary>What somebody asks. Places are in the message that it was read from.</summary>
internal readonly record struct Query
{
    /// <summary>Before the first question (RFC 1035, section 4.1.1).</summary>
    public const int HeaderBytes = 12;

    public required ushort Id { get; init; }

    /// <summary>0 = a query; 4 bits.</summary>
    public required int Opcode { get; init; }

    /// <summary>The bits that a response repeats: recursion desired (RFC 1035) and checking disabled (RFC 4035, section 3.2.2).</summary>
    public required ushort RepeatedFlags { get; init; }

    /// <summary>Of the name asked for, with its last, empty label. 0 = it has no question.</summary>
    public int NameLength { get; init; }

    public RecordType Type { get; init; }

    public ushort Class { get; init; }

    /// <summary>It speaks EDNS (RFC 6891).</summary>
    public bool HasEdns { get; init; }

    public byte EdnsVersion { get; init; }

    /// <summary>What its sender takes over UDP, in bytes; 512 without EDNS.</summary>
    public int MostUdpBytes { get; init; }

    /// <summary>It wants DNSSEC (RFC 3225): repeated, although this zone is not signed.</summary>
    public bool WantsDnssec { get; init; }

    /// <summary>Where the cookie is (RFC 7873); its length is 0 when there is none.</summary>
    public Range Cookie { get; init; }

    /// <summary>Its question, as it stands in the message.</summary>
    public Range Question => HeaderBytes..(HeaderBytes + (NameLength == 0 ? 0 : NameLength + 4));

    /// <summary>The name asked for, in whatever case it was asked.</summary>
    public Range Name => HeaderBytes..(HeaderBytes + NameLength);
}

/// <summary>What became of a message that was read.</summary>
internal enum Reading
{
    /// <summary>A query.</summary>
    Query,

    /// <summary>A query, but not one that makes sense: answered with FORMERR, of which the header is enough.</summary>
    Malformed,

    /// <summary>Something that this server does not do: answered with NOTIMP.</summary>
    NotImplemented,

    /// <summary>No query: answered with nothing, since two servers could talk to each other for ever.</summary>
    Nonsense,
}
