namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Ports that nobody can know beforehand.</summary>
internal static class Ports
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        var bound = of.Config.Listeners.Select(listener => (Key: ConfigurationKey.Of("listeners", listener.Name, "bind"), listener.Bind))
            .Append((Key: "node.admin.bind", of.Config.Node.Admin.Bind));
        if (of.Config.Node.HealthBind is { } health) bound = bound.Append((Key: "node.health-bind", health));
        if (of.Config.Dns.Bind is { } dns) bound = bound.Append((Key: "dns.bind", dns));
        return bound.Where(one => one.Bind.Port == 0)
            .Select(one => of.Warn(one.Key,
                "has port 0, which is another port at every start; it must be from 1 to 65535 for others to find it"));
    }
}
