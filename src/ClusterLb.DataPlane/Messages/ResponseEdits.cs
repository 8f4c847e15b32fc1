namespace ClusterLb.DataPlane.Messages;

/// <summary>What of a response is ours.</summary>
/// <param name="SetCookie">A whole line with its CRLF, or empty.</param>
/// <param name="IsPrivate">The backend's word on caching is replaced by ours: it is for this client alone.</param>
/// <param name="Upgrade">Of a 101: the protocol agreed on, as we spell it. Else empty.</param>
internal readonly record struct ResponseEdits(
    ReadOnlyMemory<byte> SetCookie = default, bool IsPrivate = false, ReadOnlyMemory<byte> Upgrade = default);
