using System.Collections.Frozen;
using System.Text;

namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// Which trailers pass: none that frames, routes, authenticates, or says how to read the content (RFC 9110 section 6.5.1), for a recipient
/// that merges trailers into headers would believe them (CVE-2026-88004).
/// </summary>
internal static class TrailerFields
{
    private static readonly FrozenSet<string> Forbidden = new[]
    {
        "accept-encoding", "age", "alt-svc", "authentication-info", "cache-control", "clear-site-data", "content-disposition",
            "content-encoding",
        "content-language", "content-location", "content-range", "content-type", "expires", "location", "pragma", "range", "refresh",
        "retry-after", "vary", "warning", "x-real-ip",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <param name="name">A token.</param>
    public static bool IsAllowed(ReadOnlySpan<byte> name)
    {
        if (KnownHeaders.Find(name) != KnownHeader.Other) return false;
        if (Grammar.StartsWithIgnoreCase(name, "if-"u8) || Grammar.StartsWithIgnoreCase(name, "access-control-"u8)) return false;
        if (Grammar.StartsWithIgnoreCase(name, "proxy-"u8) || Grammar.StartsWithIgnoreCase(name, "x-accel-"u8)) return false;
        return !Forbidden.Contains(Encoding.ASCII.GetString(name));
    }
}
