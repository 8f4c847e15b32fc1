using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>What a client asked for, as it came. The default is nothing.</summary>
/// <param name="request">Its head, as far as it was read.</param>
/// <param name="line">The first line, of a request that was refused before its method and target were known; else empty.</param>
/// <param name="trustsClient">What the head says of those before the client is believed.</param>
internal readonly ref struct Asked(Request request, ReadOnlySpan<byte> line, bool trustsClient)
{
    private readonly Request? _request = request;

    /// <summary>Empty = unknown.</summary>
    public ReadOnlySpan<byte> Method => IsUnderstood ? _request!.MethodText : default;

    /// <summary>Empty = unknown.</summary>
    public ReadOnlySpan<byte> Target => !IsUnderstood ? default : _request!.Target.Text.IsEmpty ? _request.Path : _request.TargetText;

    public ReadOnlySpan<byte> Line { get; } = line;

    /// <summary>Empty = unknown.</summary>
    public ReadOnlySpan<byte> Protocol => !IsUnderstood ? default : _request!.IsHttp10 ? "HTTP/1.0"u8 : "HTTP/1.1"u8;

    /// <summary>Without its port; empty = none.</summary>
    public ReadOnlySpan<byte> Host => _request is null ? default : _request.Host;

    /// <summary>The value of the first header of that name; empty = there is none.</summary>
    public ReadOnlySpan<byte> Header(ReadOnlySpan<byte> name) =>
        _request is not null && _request.Headers.TryGet(name, out var value) ? value : default;

    /// <summary>Whom a trusted proxy names as its client; empty = there is no such proxy, or it names nobody.</summary>
    public ReadOnlySpan<byte> NamedClient =>
        trustsClient && _request is not null ? ForwardedChain.LastNode(_request.Headers).Address : default;

    private bool IsUnderstood => _request is not null && Line.IsEmpty && !_request.MethodAt.IsEmpty;
}
