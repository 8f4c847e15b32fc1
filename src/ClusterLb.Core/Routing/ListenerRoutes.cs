namespace ClusterLb.Core.Routing;

public sealed class ListenerRoutes;
