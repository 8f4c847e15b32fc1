using System.Globalization;
using System.Text;

namespace ClusterLb.ControlPlane.Health;

/// <summary>The monitor's term as a store keeps it, in decimal, so that none is used twice: pure.</summary>
internal static class TermDocument
{
    public const string Name = "monitor-term";

    public static byte[] Write(long term) => Encoding.ASCII.GetBytes(term.ToString(CultureInfo.InvariantCulture));

    /// <summary>0 = none, or nothing that can be read.</summary>
    public static long Read(byte[] document) =>
        long.TryParse(document, NumberStyles.None, CultureInfo.InvariantCulture, out var term) ? term : 0;
}
