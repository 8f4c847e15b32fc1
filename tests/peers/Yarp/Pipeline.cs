using System.Globalization;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;

namespace YarpReference;

/// <summary>YARP as most run it: routes, clusters, round robin, the whole pipeline.</summary>
internal static class Pipeline
{
    public static void AddServices(IServiceCollection services, IReadOnlyList<Entrance> entrances)
    {
        services.AddReverseProxy()
            .LoadFromMemory([.. entrances.Select(Route)], [.. entrances.Select(Cluster)])
            .AddTransforms(context =>
            {
                // The one header that every proxy of the comparison adds.
                context.UseDefaultForwarders = false;
                context.AddXForwardedFor(action: ForwardedTransformActions.Append);
            });
    }

    private static string Name(Entrance entrance) => entrance.Port.ToString(CultureInfo.InvariantCulture);

    private static RouteConfig Route(Entrance entrance) => new()
    {
        RouteId = Name(entrance),
        ClusterId = Name(entrance),
        Match = new RouteMatch { Path = "/{**rest}", Hosts = [$"*:{entrance.Port}"] },
    };

    private static ClusterConfig Cluster(Entrance entrance) => new()
    {
        ClusterId = Name(entrance),
        LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin,
        Destinations = entrance.Backends.ToDictionary(backend => backend, backend => new DestinationConfig { Address = backend }),
    };
}
