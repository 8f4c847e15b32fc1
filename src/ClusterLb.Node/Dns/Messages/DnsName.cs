using System.Text;

namespace ClusterLb.Node.Dns.Messages;

/// <summary>Names as messages carry them: labels, each after its length, and an empty one at the end (RFC 1035, section 3.1).</summary>
internal static class DnsName
{
    /// <summary>With all lengths.</summary>
    public const int MostBytes = 255;

    public const int MostOfLabel = 63;

    /// <param name="text">Labels of letters, digits, <c>-</c> and <c>_</c> between dots, without one at the end.</param>
    /// <returns>In lower case; null when it is no name.</returns>
    public static byte[]? Parse(string text)
    {
        var labels = text.Split('.');
        if (text.Length > MostBytes - 2 || !labels.All(IsLabel)) return null;
        var name = new byte[text.Length + 2];
        var at = 0;
        foreach (var label in labels)
        {
            name[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label.ToLowerInvariant(), name.AsSpan(at));
        }

        return name;
    }

    /// <summary>
    /// As names are compared: ASCII letters are made small. Lengths of labels stay, because the largest, 63, is below every letter.
    /// </summary>
    /// <param name="name">Whole.</param>
    /// <param name="lower">As long or longer.</param>
    public static void Lower(ReadOnlySpan<byte> name, Span<byte> lower)
    {
        for (var i = 0; i < name.Length; i++) lower[i] = (byte)(name[i] | (name[i] is >= (byte)'A' and <= (byte)'Z' ? 0x20 : 0));
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MostOfLabel && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
