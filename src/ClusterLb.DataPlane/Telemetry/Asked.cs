namespace ClusterLb.DataPlane.Telemetry;

/// <summary>What a client asked for, as it came. The default is nothing.</summary>
/// <param name="method">Empty = unknown.</param>
/// <param name="target">Empty = unknown.</param>
/// <param name="line">The first line, of a request that was refused before its method and target were known; else empty.</param>
internal readonly ref struct Asked(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, ReadOnlySpan<byte> line)
{
    public ReadOnlySpan<byte> Method { get; } = method;

    public ReadOnlySpan<byte> Target { get; } = target;

    public ReadOnlySpan<byte> Line { get; } = line;
}
