namespace ClusterLb.DataPlane.Messages;

internal enum BodyKind
{
    None,
    Length,
    Chunked,

    /// <summary>Responses only: the body ends with the connection.</summary>
    UntilClose,
}

/// <summary>How a body is delimited (RFC 9112 section 6.3).</summary>
/// <param name="Kind">Which rule applies.</param>
/// <param name="Length">Bytes, for <see cref="BodyKind.Length"/>; else 0.</param>
internal readonly record struct BodyFraming(BodyKind Kind, long Length)
{
    public static BodyFraming None => new(BodyKind.None, 0);

    public static BodyFraming Chunked => new(BodyKind.Chunked, 0);

    public static BodyFraming UntilClose => new(BodyKind.UntilClose, 0);

    public static BodyFraming OfLength(long length) => new(BodyKind.Length, length);

    /// <summary>True when not one byte of content can follow the head.</summary>
    public bool IsEmpty => Kind == BodyKind.None || (Kind == BodyKind.Length && Length == 0);
}
