using System.Net;

namespace ClusterLb.Faults.Clients;

/// <summary>One of the addresses that a client knows.</summary>
/// <param name="Node">Whose.</param>
/// <param name="EndPoint">Of the listener.</param>
internal sealed record NodeAddress(string Node, IPEndPoint EndPoint);
