using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// Emits the headers that pass through, in their order. Well-formed neighbours are copied in one piece; the rest is written anew.
/// </summary>
internal static class EndToEndHeaders
{
    /// <param name="headers">Validated.</param>
    /// <param name="withheld">The set of those that do not pass.</param>
    public static void Write(ref WireWriter writer, HeaderTable headers, ulong withheld)
    {
        var (start, end) = (0, 0);
        ReadOnlySpan<byte> source = headers.Bytes;
        foreach (ref readonly var entry in headers.Entries)
        {
            if ((withheld & KnownHeaders.Bit(entry.Known)) != 0) continue;
            var line = entry.Line;
            if (line.Start != end || !entry.IsCanonical)
            {
                writer.Write(source[start..end]);
                start = end = line.Start;
            }

            if (entry.IsCanonical) end = line.End;
            else WriteAnew(ref writer, source, entry);
        }

        writer.Write(source[start..end]);
    }

    private static void WriteAnew(ref WireWriter writer, ReadOnlySpan<byte> source, in HeaderEntry entry)
    {
        writer.Write(entry.Name.Of(source));
        writer.Write(": "u8);
        writer.Write(entry.Value.Of(source));
        writer.Write("\r\n"u8);
    }
}
