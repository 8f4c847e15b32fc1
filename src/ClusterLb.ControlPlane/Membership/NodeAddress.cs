using System.Globalization;
using Akka.Actor;

namespace ClusterLb.ControlPlane.Membership;

/// <summary>Where a node's remoting is: what makes it that node. Ordered, so that all nodes agree which of several is the first.</summary>
public sealed record NodeAddress(string Host, int Port) : IComparable<NodeAddress>
{
    public static NodeAddress Of(Address address) => new(address.Host ?? "", address.Port ?? 0);

    public int CompareTo(NodeAddress? other)
    {
        if (other is null) return 1;
        var host = string.CompareOrdinal(Host, other.Host);
        return host != 0 ? host : Port.CompareTo(other.Port);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    public static bool operator <(NodeAddress left, NodeAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(NodeAddress left, NodeAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(NodeAddress left, NodeAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(NodeAddress left, NodeAddress right) => left.CompareTo(right) >= 0;
}
