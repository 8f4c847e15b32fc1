using System.Buffers.Text;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>
/// The <c>Date</c> line of answers that have none (RFC 9110 section 6.6.1), one per event loop. It is written anew once its second is over,
/// by whoever asks next: a loop without work keeps no clock. Used on its loop only.
/// </summary>
internal sealed class DateLine(TimeProvider time)
{
    private readonly byte[] _line = "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"u8.ToArray();
    private long _overAt = long.MinValue;

    /// <summary>With its CRLF; the same bytes for a second.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    public ReadOnlySpan<byte> At(long now)
    {
        if (now >= _overAt) Renew(now);
        return _line;
    }

    private void Renew(long now)
    {
        var wallClock = time.GetUtcNow();
        Utf8Formatter.TryFormat(wallClock, _line.AsSpan("Date: ".Length), out _, 'R');
        _overAt = now + 1_000 - wallClock.Millisecond;
    }
}
