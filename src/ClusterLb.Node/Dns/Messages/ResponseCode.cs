namespace ClusterLb.Node.Dns.Messages;

/// <summary>As IANA numbers them. From 16 on their upper bits are in EDNS (RFC 6891, section 6.1.3).</summary>
internal enum ResponseCode : ushort
{
    NoError = 0,
    FormatError = 1,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}
