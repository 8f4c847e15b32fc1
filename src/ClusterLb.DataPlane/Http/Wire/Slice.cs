namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>A place in a buffer that may move: an offset and a length.</summary>
internal readonly record struct Slice(int Start, int Length)
{
    public bool IsEmpty => Length == 0;

    public int End => Start + Length;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> buffer) => buffer.Slice(Start, Length);
}
