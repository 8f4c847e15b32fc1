using System.Net;
using Akka.Actor.Setup;
using Akka.Hosting;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>What the transport of an ActorSystem needs to know: Akka makes it by its name.</summary>
/// <param name="Config">Where the node is, and what it asks of others.</param>
/// <param name="Secret">Empty only with certificates.</param>
/// <param name="Counts">Outlive the system.</param>
/// <param name="Notices">Likewise.</param>
/// <param name="Time">Of time limits.</param>
internal sealed record ClusterPortParts(ClusterLbConfig Config, ReadOnlyMemory<byte> Secret, ClusterPortCounts Counts,
    ClusterPortNotices Notices, TimeProvider Time)
{
    /// <summary>The port, taken already. Null = the transport binds it.</summary>
    public ReservedClusterPort? Reserved { get; init; }
}

/// <summary>The cluster port of one ActorSystem.</summary>
internal sealed class ClusterPortSetup : Setup
{
    /// <exception cref="Exception">The certificate cannot be read.</exception>
    public ClusterPortSetup(ClusterPortParts parts)
    {
        Parts = parts;
        Tls = parts.Config.Cluster.Tls.IsOn ? new ClusterTls(parts.Config.Cluster.Tls) : null;
        if (Tls is null && parts.Secret.Length < ClusterSecretFile.Least && parts.Config.Cluster.Seeds.Count > 0)
            throw new ArgumentException("a cluster port with neither certificates nor a secret would let anybody in", nameof(parts));
    }

    public ClusterPortParts Parts { get; }

    /// <summary>Null = none. Read anew by every ActorSystem.</summary>
    public ClusterTls? Tls { get; }

    /// <summary>Without certificates others of this machine alone are spoken to.</summary>
    public string Host => ClusterAddress.HostOf(Parts.Config);

    public int Port => Parts.Config.Node.ClusterPort;

    /// <summary>Where it listens.</summary>
    public IPEndPoint Bind => ClusterAddress.BindOf(Parts.Config);

    /// <summary>
    /// Where a node is dialled: what <see cref="Bind"/> binds for its host. The name localhost has a second address, [::1], which no node
    /// holds and anybody may.
    /// </summary>
    public static EndPoint DialOf(string host, int port)
    {
        if (IPAddress.TryParse(host, out var address)) return new IPEndPoint(address, port);
        return ClusterAddress.IsLoopback(host) ? new IPEndPoint(IPAddress.Loopback, port) : new DnsEndPoint(host, port);
    }
}

internal static class ClusterPortRegistration
{
    public static AkkaConfigurationBuilder WithClusterPort(this AkkaConfigurationBuilder builder, ClusterPortSetup port)
    {
        builder.AddSetup(port);
        return builder.WithInboundSerializers(port.Parts.Counts);
    }
}
