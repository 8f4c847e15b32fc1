using System.Buffers;
using System.Text;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>What is written of a line so far. Grows to the longest and stays; what it has is overwritten by the next. One loop.</summary>
internal sealed class LineBuffer(int capacity) : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[capacity];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public bool IsEmpty => _length == 0;

    public void Clear() => _length = 0;

    public void Write(byte one)
    {
        if (_length == _bytes.Length) Grow(1);
        _bytes[_length++] = one;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _length) Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>In UTF-8.</summary>
    public void Write(string text) => Advance(Encoding.UTF8.GetBytes(text, GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    public void WriteNumber(long value)
    {
        value.TryFormat(GetSpan(20), out var digits);
        Advance(digits);
    }

    /// <summary>Puts another byte in the place of the first.</summary>
    public void BeginWith(byte one) => _bytes[0] = one;

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (Math.Max(1, sizeHint) > _bytes.Length - _length) Grow(Math.Max(1, sizeHint));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Grow(int more) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
}
