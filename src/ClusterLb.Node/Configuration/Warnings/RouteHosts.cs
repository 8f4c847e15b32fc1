namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Hosts that are written to the end of their name, which routes leave away.</summary>
internal static class RouteHosts
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of) =>
        from listener in of.Config.Listeners
        from i in Enumerable.Range(0, listener.Routes.Count)
        let key = RouteKeys.Of(listener, i, "host")
        let text = of.Text.TextOf(key)
        where text is [_, .., '.']
        select of.Warn(key, $"\"{text}\" is taken as \"{listener.Routes[i].Host}\", and so are requests with that dot; it must be "
            + "left away");
}
