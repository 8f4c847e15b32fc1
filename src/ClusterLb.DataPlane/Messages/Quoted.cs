namespace ClusterLb.DataPlane.Messages;

/// <summary>Quoted strings (RFC 9110 section 5.6.4) within lists and parameters.</summary>
internal static class Quoted
{
    /// <summary>The first such byte outside of quotes; -1 = none.</summary>
    public static int IndexOf(ReadOnlySpan<byte> text, byte wanted)
    {
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') isQuoted = !isQuoted;
            else if (isQuoted && text[i] == '\\') i++;
            else if (!isQuoted && text[i] == wanted) return i;
        }

        return -1;
    }

    /// <summary>A value without its quotes; empty when something in it is escaped or its quotes do not close.</summary>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] != '"') return value;
        if (value.Length < 2 || value[^1] != '"' || value.Contains((byte)'\\')) return default;
        return value[1..^1];
    }
}
