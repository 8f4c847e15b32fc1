using Akka.Configuration;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>Akka's settings for a node: the embedded akka.conf, its profile laid over it, and whether it listens for others.</summary>
internal static class ClusterSettings
{
    public static Config Of(ClusterLbConfig config)
    {
        var all = Load();
        var profile = all.GetConfig($"profiles.{config.Cluster.Profile.ToString().ToLowerInvariant()}");
        return Place(config).WithFallback(profile).WithFallback(all);
    }

    /// <summary>With nobody to speak to there is no port.</summary>
    private static Config Place(ClusterLbConfig config)
    {
        var transport = config.Cluster.Seeds.Count == 0 ? NoTransport.Name : ClusterTransport.Name;
        return ConfigurationFactory.ParseString($"akka.remote.cluster-port.transport-class = \"{transport}\"");
    }

    private static Config Load()
    {
        using var stream = typeof(ClusterSettings).Assembly.GetManifestResourceStream("akka.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
