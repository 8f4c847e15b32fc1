namespace ClusterLb.Node.Dns.Messages;

/// <summary>Of records and of questions, as IANA numbers them; those that this server knows by name.</summary>
internal enum RecordType : ushort
{
    A = 1,
    NS = 2,
    SOA = 6,
    HINFO = 13,
    AAAA = 28,
    OPT = 41,

    /// <summary>From here to <see cref="ANY"/> a type asks for something, and no record is of it (RFC 6895, section 3.1).</summary>
    FirstMeta = 128,
    IXFR = 251,
    AXFR = 252,
    ANY = 255,
}
