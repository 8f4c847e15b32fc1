using System.Text;
using ClusterLb.Core.Printing;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>What a backend wrote, as part of a reason: short, on one line, and nothing in it that a terminal obeys.</summary>
internal static class ProbeText
{
    /// <summary>An error that it told, up to 120 bytes of it.</summary>
    public static string Of(ReadOnlySpan<byte> text) => Of(text, 120);

    /// <summary>The beginning of something else, up to 40 bytes of it, in quotes.</summary>
    public static string Quoted(ReadOnlySpan<byte> text) => $"\"{Of(text, 40)}\"";

    private static string Of(ReadOnlySpan<byte> text, int most) =>
        Printable.Of(Encoding.UTF8.GetString(text[..Math.Min(text.Length, most)]).Trim()) + (text.Length > most ? "..." : "");
}
