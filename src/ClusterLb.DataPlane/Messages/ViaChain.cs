namespace ClusterLb.DataPlane.Messages;

/// <summary>The proxies a request came through (RFC 9110 section 7.6.3).</summary>
internal static class ViaChain
{
    /// <summary>Of elements on the way here; what comes over more goes round somewhere, or is somebody's attempt to find out.</summary>
    public const int MostElements = 32;

    /// <summary>Null, or why the request must not go on.</summary>
    /// <param name="own">What it would be given here; null = nothing, and only the length of the chain shows a loop.</param>
    public static string? FindLoop(HeaderTable headers, ViaElement? own)
    {
        var elements = 0;
        foreach (var element in new ViaElements(headers))
        {
            if (own is not null && HasWord(element, own.Pseudonym)) return Reasons.ViaLoop;
            elements++;
        }

        return elements > MostElements ? Reasons.ViaTooLong : null;
    }

    private static bool HasWord(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word)
    {
        while (!value.IsEmpty)
        {
            var end = value.IndexOfAny((byte)' ', (byte)'\t');
            if (end < 0) return Grammar.EqualsIgnoreCase(value, word);
            if (Grammar.EqualsIgnoreCase(value[..end], word)) return true;
            value = value[(end + 1)..];
        }

        return false;
    }
}
