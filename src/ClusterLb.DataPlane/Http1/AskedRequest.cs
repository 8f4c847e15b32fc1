using ClusterLb.DataPlane.Http1.Wire;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.DataPlane.Http1;

/// <summary>What the log says a request asked for.</summary>
internal static class AskedRequest
{
    /// <param name="head">Complete, refused, or as far as it came.</param>
    /// <param name="received">The bytes it was read from.</param>
    public static Asked Of(RequestHead head, ReadOnlySpan<byte> received)
    {
        var isUnderstood = !head.MethodText.IsEmpty && (head.RefusalStatus == 0 || !head.Target.IsEmpty);
        if (isUnderstood)
            return new Asked(head.MethodText.Of(received), head.Target.IsEmpty ? head.PathOf(received) : head.Target.Of(received), default);
        // The line they should have been in; an empty one may precede it (RFC 9112 section 2.2).
        var line = received.TrimStart("\r\n"u8);
        var end = line.IndexOfAny((byte)'\r', (byte)'\n');
        return new Asked(default, default, end < 0 ? line : line[..end]);
    }
}
