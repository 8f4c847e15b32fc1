namespace ClusterLb.DataPlane.Messages;

/// <summary>A piece of a buffer by offset, so that it survives the buffer being moved.</summary>
internal readonly struct Slice(int start, int length)
{
    public int Start { get; } = start;

    public int Length { get; } = length;

    public int End => Start + Length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> buffer) => buffer.Slice(Start, Length);

    public static Slice Between(int start, int end) => new(start, end - start);
}
