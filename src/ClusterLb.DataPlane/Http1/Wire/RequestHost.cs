using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Which host a request is for (RFC 9112 section 3.2, RFC 9110 section 7.2): one, valid, and the same wherever it is named.
/// </summary>
internal static class RequestHost
{
    /// <summary>Null, or why the request is refused. An absolute-form target beats the header, which must agree.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes, HeaderTable headers, in TargetReader target, bool isHttp10,
        out Authority authority)
    {
        authority = target.Authority;
        var found = false;
        foreach (ref readonly var entry in headers.Entries)
        {
            if (entry.Known != KnownHeader.Host) continue;
            if (found) return Reasons.HostDuplicate;
            found = true;
            if (!Authority.TryParse(bytes, entry.Value, out var named)) return Reasons.HostInvalid;
            if (authority.IsMissing) authority = named;
            else if (!authority.IsSame(bytes, named, target.DefaultPort)) return Reasons.HostMismatch;
        }

        return found || isHttp10 ? null : Reasons.HostMissing;
    }
}
