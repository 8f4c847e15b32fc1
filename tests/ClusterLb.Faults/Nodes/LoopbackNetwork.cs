using System.Net;
using ClusterLb.Faults.Processes;

namespace ClusterLb.Faults.Nodes;

/// <summary>Everything on this machine: nodes at 127.0.0.2 to 127.0.0.4, every client at an address of its own. Needs no rights.</summary>
internal sealed class LoopbackNetwork : INetwork
{
    public IPAddress Servers => IPAddress.Loopback;

    public IPAddress AddressOf(int node) => new([127, 0, 0, (byte)(node + 1)]);

    public IPAddress SourceOf(int client) => new([127, 1, (byte)(client / 250), (byte)((client % 250) + 1)]);

    public Task<Child> StartAsync(int node, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> command) =>
        Child.StartAsync(environment, command);
}
