namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Reads <c>name=value; name=value</c> (RFC 6265 section 4.2.1).</summary>
internal static class CookiePairs
{
    public static bool TryFind(ReadOnlySpan<byte> source, Slice pairs, ReadOnlySpan<byte> name, out Slice value)
    {
        for (var start = pairs.Start; start < pairs.End;)
        {
            var length = source[start..pairs.End].IndexOf((byte)';');
            var end = length < 0 ? pairs.End : start + length;
            var pair = Grammar.Trim(source, start, end);
            var text = pair.Of(source);
            if (text.Length > name.Length && text[name.Length] == '=' && text.StartsWith(name))
            {
                value = Slice.Between(pair.Start + name.Length + 1, pair.End);
                return true;
            }

            start = end + 1;
        }

        value = default;
        return false;
    }
}
