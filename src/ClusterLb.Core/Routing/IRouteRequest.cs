namespace ClusterLb.Core.Routing;

/// <summary>What routes look at, as bytes, whatever the protocol's version.</summary>
public interface IRouteRequest
{
    /// <summary>Without port; any case, perhaps with a trailing dot.</summary>
    ReadOnlySpan<byte> Host { get; }

    /// <summary>Without query.</summary>
    ReadOnlySpan<byte> Path { get; }

    ReadOnlySpan<byte> Method { get; }

    /// <param name="name">Any case.</param>
    /// <param name="value">Of the first such header.</param>
    bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);

    bool TryGetCookie(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
}
