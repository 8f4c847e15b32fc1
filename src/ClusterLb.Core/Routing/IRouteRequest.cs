namespace ClusterLb.Core.Routing;

/// <summary>
/// What routes look at in a request, as bytes. Make it a small readonly struct: it is read through a read-only reference.
/// </summary>
public interface IRouteRequest
{
    /// <summary>As the client sent it: any case, perhaps with a port or a trailing dot; empty when there is none.</summary>
    ReadOnlySpan<byte> Host { get; }

    /// <summary>Without the query.</summary>
    ReadOnlySpan<byte> Path { get; }

    ReadOnlySpan<byte> Method { get; }

    /// <summary>
    /// The value of the first header of that name. <paramref name="name"/> is as the operator wrote it; names compare without case (RFC
    /// 9110, 5.1).
    /// </summary>
    bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);

    /// <summary>The value of the first cookie of that name; names compare with case (RFC 6265, 5.3).</summary>
    bool TryGetCookie(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
}
