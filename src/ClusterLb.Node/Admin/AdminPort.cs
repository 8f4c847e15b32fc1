using System.Net;
using ClusterLb.Node.Api;
using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Admin;

/// <summary>One port beside those of clients: who may be on it, and what it answers.</summary>
/// <param name="Name">In messages, such as <c>admin port</c>.</param>
/// <param name="Bind">Its identity as well: the server asks for this very object.</param>
/// <param name="AlsoIPv4">Of <c>[::]</c>: IPv4 clients arrive here, too.</param>
internal sealed record AdminPort(string Name, IPEndPoint Bind, bool AlsoIPv4, AdminGate Gate, RouteTable Routes)
{
    /// <summary>By which another process that takes this one's place knows it.</summary>
    public string Role { get; init; } = SocketRole.Admin;
}

/// <summary>A port cannot be opened; the message is one line for whoever starts the node.</summary>
internal sealed class AdminBindException(string message, Exception inner) : Exception(message, inner);
