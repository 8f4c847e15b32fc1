using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Routing;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>
/// Routes whose every request another one takes. It asks the table that requests ask, with the plainest requests that a route matches, so
/// it cannot think otherwise of what is more specific.
/// </summary>
internal static class HiddenRoutes
{
    private const string Any = "any";

    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        var pool = PoolOf(of.Config);
        foreach (var listener in of.Config.Listeners.Where(listener => listener.Routes.Count > 0 && pool is not null))
        {
            var table = new ListenerRoutes(Numbered(listener), new Dictionary<string, Pool> { [Any] = pool! });
            for (var i = 0; i < listener.Routes.Count; i++)
            {
                var takers = PlainRequest.OfRoute(listener.Routes[i]).Select(request => TakerOf(table, request)).Distinct().ToList();
                if (!takers.Contains(i)) yield return of.Warn(RouteKeys.Of(listener, i), Tell(listener, i, takers));
            }

            var key = ConfigurationKey.Of("listeners", listener.Name, "pool");
            if (listener.Pool.Length > 0 && of.Text.Has(key) && TakerOf(table, PlainRequest.OfNobody) is { } all)
                yield return of.Warn(key, $"gets no request, for {Name(all)} takes whatever no other route does; one of the two must go");
        }
    }

    private static string Tell(ListenerConfig listener, int index, List<int?> takers)
    {
        var others = takers.OfType<int>().Order().ToList();
        return others.Count == 1 && Conditions(listener.Routes[others[0]]) == Conditions(listener.Routes[index])
            ? $"has the conditions of {Name(others[0])}, which comes first and gets every request; one of them must go, or differ"
            : $"gets no request, for {string.Join(" and ", others.Select(Name))} is asked before it and takes all that it matches; "
            + "host counts first, then path, then how many other conditions there are, then the order, so it must be more specific or go";
    }

    private static string Name(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"routes[{index}]");

    private static RouteConfig Conditions(RouteConfig route) => route with
    {
        Name = "",
        Pool = "",
        Methods = route.Methods.Distinct().Order(StringComparer.Ordinal).ToEquatableList(),
        HeaderName = route.HeaderName.ToLowerInvariant(),
    };

    /// <returns>Null when it is none of the routes.</returns>
    private static int? TakerOf(ListenerRoutes table, PlainRequest request)
    {
        table.Match(in request, out var taken);
        return int.TryParse(taken.Name, out var index) ? index : null;
    }

    /// <summary>Who takes a request is told by the number of its route alone.</summary>
    private static ListenerConfig Numbered(ListenerConfig listener) => listener with
    {
        Pool = Any,
        Routes = listener.Routes
            .Select((route, i) => route with { Name = i.ToString(System.Globalization.CultureInfo.InvariantCulture), Pool = Any })
            .ToEquatableList(),
    };

    private static Pool? PoolOf(ClusterLbConfig config) => config.Pools.Count == 0
        ? null
        : new Pool(config.Pools[0] with { Name = Any, Balance = "random" }, 0, Policies.Default.Get("random"), new Deaf(), 0);

    private sealed class Deaf : IPoolEvents
    {
        public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason)
        {
        }

        public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured)
        {
        }
    }
}
