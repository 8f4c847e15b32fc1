using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>One request and what its answer must be.</summary>
public sealed record HttpProbeOptions() : ProbeOptions(HttpProbe.Name, TellsFrozen: true)
{
    /// <summary>Any token but CONNECT; upper and lower case count. Default GET.</summary>
    public required string Method { get; init; }

    /// <summary>Begins with /; <c>*</c> with OPTIONS. Default <c>/health/ready</c>.</summary>
    public required string Path { get; init; }

    /// <summary>1.0 or 1.1, the default.</summary>
    public required string HttpVersion { get; init; }

    /// <summary>The Host header; empty = the backend's name as configured, else its address, the default.</summary>
    public required string Host { get; init; }

    /// <summary>Sent as they are, besides Host, User-Agent and Connection. Default none.</summary>
    public required EquatableList<ProbeHeader> Headers { get; init; }

    /// <summary>One or more, of 100 to 599. Default [200].</summary>
    public required EquatableList<int> ExpectedStatus { get; init; }

    /// <summary>
    /// Must be somewhere in the first 64 KiB of the body, as UTF-8, without its chunks' framing; up to 1,000 bytes. Empty = the body does
    /// not count, the default.
    /// </summary>
    public required string ExpectBody { get; init; }
}

/// <param name="Name">A token.</param>
/// <param name="Value">Printable ASCII; it may be what lets the check in.</param>
public readonly record struct ProbeHeader(string Name, Secret Value);
