using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Http1.Wire;

/// <summary>How a response goes to its client, which need not be how it came from the backend.</summary>
/// <param name="Body">How the body is really sent. Never <see cref="BodyKind.Chunked"/> to HTTP/1.0.</param>
/// <param name="Close">The connection ends after this response.</param>
/// <param name="ToHttp10">The client speaks HTTP/1.0: a kept connection must be announced.</param>
/// <param name="PassTrailers">The client said <c>TE: trailers</c>.</param>
/// <param name="Edits">What of it is ours.</param>
internal readonly record struct ResponseForm(
    BodyFraming Body,
    bool Close,
    bool ToHttp10,
    bool PassTrailers = false,
    ResponseEdits Edits = default);
