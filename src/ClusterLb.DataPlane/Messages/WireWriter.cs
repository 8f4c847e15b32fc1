using System.Buffers.Text;

namespace ClusterLb.DataPlane.Messages;

/// <summary>Appends bytes to a span and remembers when they did not fit, so that the caller asks once at the end.</summary>
internal ref struct WireWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _written;
    private bool _overflowed;

    /// <summary>Bytes written, or -1 when the destination was too small.</summary>
    public readonly int Result => _overflowed ? -1 : _written;

    public readonly int Position => _written;

    /// <summary>What was written from that position on.</summary>
    public readonly ReadOnlySpan<byte> WrittenSince(int position) => _destination[position.._written];

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_destination[_written..])) _written += bytes.Length;
        else _overflowed = true;
    }

    public void WriteDecimal(long value)
    {
        if (Utf8Formatter.TryFormat(value, _destination[_written..], out var length)) _written += length;
        else _overflowed = true;
    }
}
