using System.Globalization;
using System.Net;
using ClusterLb.Faults.Clients;

namespace ClusterLb.Faults.Nodes;

/// <summary>Where a node is found.</summary>
/// <param name="Number">1, 2 or 3.</param>
/// <param name="Address">Its own.</param>
internal sealed record NodePlan(int Number, IPAddress Address, int ClusterPort, int AdminPort, int WebPort, int LinesPort)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"lb{Number}");

    public NodeAddress Web => new(Name, new IPEndPoint(Address, WebPort));

    public NodeAddress Lines => new(Name, new IPEndPoint(Address, LinesPort));
}
