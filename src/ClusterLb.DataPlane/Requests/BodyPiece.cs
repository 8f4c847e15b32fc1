namespace ClusterLb.DataPlane.Requests;

/// <summary>Some of a message's content, in a buffer with room for what its writer puts round it.</summary>
/// <param name="Buffer">Its own until it is sent.</param>
/// <param name="Start">Where the content begins.</param>
/// <param name="Length">Bytes of content.</param>
/// <param name="IsLast">Nothing follows.</param>
/// <param name="Trailers">Of the last one: the fields behind the content, as lines of ours.</param>
internal readonly record struct BodyPiece(
    Memory<byte> Buffer, int Start, int Length, bool IsLast, ReadOnlyMemory<byte> Trailers = default)
{
    /// <summary>No content: for a head that goes out alone.</summary>
    public static BodyPiece Empty => default;

    /// <summary>Content with no room round it, for a writer that needs none.</summary>
    public static BodyPiece Bare(Memory<byte> content, bool isLast) => new(content, 0, content.Length, isLast);
}
