using System.Buffers;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>What HOCON calls white space, and what an unquoted text cannot hold.</summary>
internal static class HoconCharacters
{
    private static readonly SearchValues<char> s_reserved = SearchValues.Create("$\"{}[]:=,+#`^?!@*&\\");

    /// <summary>Every separator of Unicode, no-break spaces among them, and the byte order mark; a new line is one, too.</summary>
    public static bool IsSpace(char c) =>
        c is (>= '\t' and <= '\r') or (>= '\u001c' and <= '\u001f') or '\ufeff' || char.IsSeparator(c);

    public static bool IsReserved(char c) => s_reserved.Contains(c);
}
