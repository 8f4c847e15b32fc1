using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>What the <c>Connection</c> headers of one message ask of this hop (RFC 9110 section 7.6.1).</summary>
internal readonly record struct ConnectionOptions(bool Close, bool KeepAlive, bool Upgrade)
{
    /// <summary>Bounds the work of looking up names; nobody honest needs half as many.</summary>
    private const int MostOptions = 32;

    /// <summary>Reads all options and marks the headers they name as ours alone; false when there are too many.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, HeaderTable headers, out ConnectionOptions options)
    {
        options = default;
        if (!headers.Has(KnownHeader.Connection)) return true;
        var count = 0;
        for (var i = 0; i < headers.Count; i++)
        {
            var entry = headers.Entries[i];
            if (entry.Known != KnownHeader.Connection) continue;
            foreach (var element in new ListElements(bytes, entry.Value))
            {
                if (++count > MostOptions) return false;
                options = options.With(element.Of(bytes), bytes, headers);
            }
        }

        return true;
    }

    private ConnectionOptions With(ReadOnlySpan<byte> option, ReadOnlySpan<byte> bytes, HeaderTable headers)
    {
        if (Grammar.EqualsIgnoreCase(option, "close"u8)) return this with { Close = true };
        if (Grammar.EqualsIgnoreCase(option, "keep-alive"u8)) return this with { KeepAlive = true };
        if (Grammar.EqualsIgnoreCase(option, "upgrade"u8)) return this with { Upgrade = true };
        if (!option.IsEmpty) MarkNamed(option, bytes, headers);
        return this;
    }

    /// <summary>
    /// Only headers the proxy has no opinion on: a client may not use <c>Connection</c> to take away Host, framing, forwarding, cookies or
    /// credentials from its request (CVE-2021-32813, CVE-2024-45410), nor what describes the content.
    /// </summary>
    private static void MarkNamed(ReadOnlySpan<byte> option, ReadOnlySpan<byte> bytes, HeaderTable headers)
    {
        if (Grammar.StartsWithIgnoreCase(option, "content-"u8) || Grammar.EqualsIgnoreCase(option, "cache-control"u8)) return;
        for (var i = 0; i < headers.Count; i++)
        {
            var entry = headers.Entries[i];
            if (entry.Known == KnownHeader.Other && Grammar.EqualsIgnoreCase(entry.Name.Of(bytes), option))
                headers.Mark(i, KnownHeader.HopByHop);
        }
    }
}
