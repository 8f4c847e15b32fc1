using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>What only means something where requests are seen.</summary>
internal static class TcpListeners
{
    private static readonly string[] s_ofRequests = ["trusted-proxies", "forwarded", "via", "path", "merge-slashes", "limits", "timeouts"];

    public static IEnumerable<ConfigurationProblem> Look(Examined of) =>
        from listener in of.Config.Listeners
        where listener.Protocol == ListenerProtocol.Tcp
        from name in s_ofRequests
        let key = ConfigurationKey.Of("listeners", listener.Name, name)
        where of.Text.Has(key)
        select of.Warn(key, "does nothing, for a tcp listener sees no requests; protocol must be http, or this must go");
}
