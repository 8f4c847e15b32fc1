using ClusterLb.Core.Routing;
using ClusterLb.Testing;

namespace ClusterLb.Core.Tests.Routing;

public sealed class RouteSeriesTests
{
    [Fact]
    public void Routes_have_their_names_beside_those_of_requests_that_none_took() =>
        Assert.Equal(["none", "default", "api", "login", "other"],
            new RouteSeries([Configs.Route with { Name = "api" }, Configs.Route with { Name = "login" }]).Labels);

    [Fact]
    public void Where_it_stands_in_the_file_does_not_matter()
    {
        var (api, login) = (Configs.Route with { Name = "api" }, Configs.Route with { Name = "login" });

        foreach (var series in new[] { new RouteSeries([api, login]), new RouteSeries([login, api]) })
        {
            Assert.Equal("api", series.Labels[series.Of(api)]);
            Assert.Equal("login", series.Labels[series.Of(login)]);
        }
    }

    [Fact]
    public void Past_the_bound_routes_are_one_and_no_label_comes_twice()
    {
        var routes = Enumerable.Range(0, 1_000).SelectMany(i => Enumerable.Repeat(Configs.Route with { Name = $"r{i}" }, 2)).ToList();
        var series = new RouteSeries(routes);

        Assert.Equal(RouteSeries.Most + 3, series.Labels.Count);
        Assert.Equal(series.Labels.Distinct(), series.Labels);
        Assert.Equal("r99", series.Labels[series.Of(routes[199])]);
        Assert.Equal("other", series.Labels[series.Of(routes[200])]);
        Assert.Equal("other", series.Labels[series.Of(routes[^1])]);
    }
}
