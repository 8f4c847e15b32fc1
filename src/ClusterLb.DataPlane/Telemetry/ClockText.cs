using System.Globalization;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// A time as text, in UTC. The text of the last second is kept, for most lines of a busy log are of one second. One loop.
/// </summary>
/// <param name="format">Of what is the same for a whole second.</param>
internal sealed class ClockText(string format)
{
    private readonly byte[] _text = new byte[40];
    private long _second = -1;
    private int _length;

    public ReadOnlySpan<byte> SecondOf(DateTimeOffset time)
    {
        var second = time.UtcTicks / TimeSpan.TicksPerSecond;
        if (second == _second) return _text.AsSpan(0, _length);
        time.UtcDateTime.TryFormat(_text, out _length, format, CultureInfo.InvariantCulture);
        _second = second;
        return _text.AsSpan(0, _length);
    }
}
