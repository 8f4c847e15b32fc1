using System.Globalization;
using System.Net;
using Akka.Configuration;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>Akka's settings for a node: the embedded akka.conf, its profile laid over it, and where the node is.</summary>
internal static class ClusterSettings
{
    public static Config Of(ClusterLbConfig config)
    {
        var all = Load();
        var profile = all.GetConfig($"profiles.{config.Cluster.Profile.ToString().ToLowerInvariant()}");
        return Place(config).WithFallback(profile).WithFallback(all);
    }

    /// <summary>
    /// Whoever reaches the remoting port may speak to every actor. Without TLS it is therefore bound to this machine, and with nobody to speak to also to
    /// a port of the system's choice.
    /// </summary>
    private static Config Place(ClusterLbConfig config)
    {
        var (node, isOpen) = (config.Node, config.Cluster.Tls.IsOn);
        var port = config.Cluster.Seeds.Count == 0 ? 0 : node.ClusterPort;
        var host = isOpen || IsLoopback(node.Host) ? node.Host : IPAddress.Loopback.ToString();
        var bind = isOpen && !IsLoopback(node.Host) ? IPAddress.Any.ToString() : host;
        var tls = isOpen ? $"enable-ssl = true, transport-class = \"{TlsTransport.Name}\"" : "enable-ssl = false";
        return ConfigurationFactory.ParseString(string.Create(
            CultureInfo.InvariantCulture,
            $$"""akka.remote.dot-netty.tcp { hostname = "{{bind}}", port = {{port}}, public-hostname = "{{host}}", public-port = {{port}}, {{tls}} }"""));
    }

    public static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static Config Load()
    {
        using var stream = typeof(ClusterSettings).Assembly.GetManifestResourceStream("akka.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
