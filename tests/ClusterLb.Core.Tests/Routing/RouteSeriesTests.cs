using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Routing;

public sealed class RouteSeriesTests
{
    [Fact]
    public void A_route_is_called_what_it_matches()
    {
        RouteConfig[] routes =
        [
            Configs.Route with { Host = "shop.example.com", PathPrefix = "/api", Methods = ["GET", "HEAD"] },
            Configs.Route with { Path = "/login" },
            Configs.Route with { Host = "*.example.com", HeaderName = "x-tenant", HeaderValue = "blue", CookieName = "beta" },
        ];

        Assert.Equal(
            [
                "none", "default", "GET,HEAD shop.example.com/api/*", "*/login", "*.example.com/* header x-tenant=blue cookie beta",
                    "other",
            ], new RouteSeries(routes).Labels);
    }

    [Fact]
    public void Where_it_stands_in_the_file_does_not_matter()
    {
        var (api, login) = (Configs.Route with { PathPrefix = "/api" }, Configs.Route with { Path = "/login" });

        foreach (var series in new[] { new RouteSeries([api, login]), new RouteSeries([login, api]) })
        {
            Assert.Equal("*/api/*", series.Labels[series.Of(api)]);
            Assert.Equal("*/login", series.Labels[series.Of(login)]);
        }
    }

    [Fact]
    public void Past_the_bound_routes_are_one_and_no_label_comes_twice()
    {
        var routes = Enumerable.Range(0, 1_000).SelectMany(i => Enumerable.Repeat(Configs.Route with { Path = $"/{i}" }, 2)).ToList();
        var series = new RouteSeries(routes);

        Assert.Equal(RouteSeries.Most + 3, series.Labels.Count);
        Assert.Equal(series.Labels.Distinct(), series.Labels);
        Assert.Equal("*/99", series.Labels[series.Of(routes[199])]);
        Assert.Equal("other", series.Labels[series.Of(routes[200])]);
        Assert.Equal("other", series.Labels[series.Of(routes[^1])]);
    }
}
