namespace ClusterLb.DataPlane.Http.Wire;

internal enum BodyKind
{
    None,
    Length,
    Chunked,

    /// <summary>Responses only: the body ends with the connection.</summary>
    UntilClose,
}

/// <summary>How the end of a body is found (RFC 9112, 6.3).</summary>
internal readonly record struct BodyFraming(BodyKind Kind, long Length)
{
    public static BodyFraming None => default;

    public static BodyFraming Chunked => new(BodyKind.Chunked, 0);

    public static BodyFraming UntilClose => new(BodyKind.UntilClose, 0);

    public static BodyFraming OfLength(long length) => new(BodyKind.Length, length);
}
