using System.Net;
using ClusterLb.Faults.Processes;

namespace ClusterLb.Faults.Nodes;

/// <summary>Where nodes, backends and clients are, and how one starts a node there.</summary>
internal interface INetwork
{
    /// <summary>Of node 1, 2 or 3.</summary>
    IPAddress AddressOf(int node);

    /// <summary>At which nodes find backends, Redis and name servers.</summary>
    IPAddress Servers { get; }

    /// <summary>From which a client connects.</summary>
    IPAddress SourceOf(int client);

    Task<Child> StartAsync(int node, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> command);
}
