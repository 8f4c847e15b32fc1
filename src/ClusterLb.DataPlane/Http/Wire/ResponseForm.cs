namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>How a response goes to its client, which need not be how it came from the backend.</summary>
internal readonly record struct ResponseForm
{
    /// <summary>The client speaks HTTP/1.0: a kept connection must be announced.</summary>
    public required bool ToHttp10 { get; init; }

    /// <summary>The connection ends after this response.</summary>
    public required bool Close { get; init; }

    /// <summary>How the body is really sent. Never <see cref="BodyKind.Chunked"/> to HTTP/1.0.</summary>
    public required BodyFraming Body { get; init; }

    /// <summary>This is the 101 that begins a tunnel.</summary>
    public required bool Upgrade { get; init; }

    /// <summary>This node's name in <c>Via</c>.</summary>
    public required byte[] ViaToken { get; init; }
}
