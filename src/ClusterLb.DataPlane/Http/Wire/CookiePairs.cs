namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Reads <c>name=value; name=value</c> (RFC 6265 section 4.2.1).</summary>
internal static class CookiePairs
{
    public static bool TryFind(ReadOnlySpan<byte> pairs, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (!pairs.IsEmpty)
        {
            var end = pairs.IndexOf((byte)';');
            var pair = (end < 0 ? pairs : pairs[..end]).Trim(" \t"u8);
            pairs = end < 0 ? default : pairs[(end + 1)..];
            if (pair.Length <= name.Length || pair[name.Length] != '=' || !pair.StartsWith(name)) continue;
            value = pair[(name.Length + 1)..];
            return true;
        }

        value = default;
        return false;
    }
}
