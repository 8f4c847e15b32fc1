using System.Net;

namespace ClusterLb.DataPlane.Transport;

/// <summary>What a listening socket is bound to.</summary>
/// <param name="EndPoint">Port 0 = one that is free.</param>
/// <param name="AlsoIPv4">Of <c>[::]</c>: IPv4 clients arrive here, too.</param>
internal readonly record struct BindAddress(IPEndPoint EndPoint, bool AlsoIPv4 = false)
{
    /// <summary>
    /// A socket of this node has the port already, at another or a wider address; so whether somebody else has it cannot be asked.
    /// </summary>
    public bool JoinsOurs { get; init; }
}
