using ClusterLb.Faults.Command;
using ClusterLb.Faults.Scenarios;

namespace ClusterLb.Faults.Tests.Command;

public sealed class FaultOptionsTests
{
    private static readonly string[] s_known = ["backend-slow", "reloads"];

    [Fact]
    public void Without_more_than_a_scenario_the_rest_is_as_documented()
    {
        var options = Parse("--scenario", "all").Options!;

        Assert.Equal((TimeSpan.FromSeconds(60), 99, 1_000, 128, false), (options.Duration, options.Seed, options.Rate, options.Clients,
            options.IsJson));
        Assert.True(options.Wants("reloads"));
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var options = Parse("--json", "--scenario", "reloads", "--duration", "2m", "--seed", "0", "--rate", "5000", "--clients", "256",
            "--program", "x/clusterlb").Options!;

        Assert.Equal((TimeSpan.FromMinutes(2), 0, 5_000, 256, true, "x/clusterlb"),
            (options.Duration, options.Seed, options.Rate, options.Clients, options.IsJson, options.Program));
        Assert.False(options.Wants("backend-slow"));
    }

    [Theory]
    [InlineData("--scenario is missing; it is all, or a name that --list shows")]
    [InlineData("--scenario reload: there is none of that name; there are all, backend-slow, reloads", "--scenario", "reload")]
    [InlineData("--duration 3s: it is a number with s, m or h, from 4s to 24h, such as 60s", "--scenario", "all", "--duration", "3s")]
    [InlineData("--duration 60: it is a number with s, m or h, from 4s to 24h, such as 60s", "--duration", "60")]
    [InlineData("--rate -5: it is a number from 10 to 20000, of requests per second", "--rate", "-5")]
    [InlineData("--program has no value; it is the path of a published clusterlb", "--program")]
    [InlineData("--sceanrio: there is no such option", "--sceanrio", "all")]
    public void What_makes_no_sense_is_told_in_one_line(string problem, params string[] arguments) =>
        Assert.Equal((null, problem), Parse(arguments));

    [Fact]
    public void Names_of_scenarios_are_typed_and_each_is_there_once()
    {
        Assert.All(Catalog.All, scenario => Assert.Matches("^[a-z0-9-]+$", scenario.Name));
        Assert.Equal(Catalog.All.Count, Catalog.All.Select(scenario => scenario.Name).Distinct().Count());
        Assert.All(Catalog.All, scenario => Assert.False(string.IsNullOrEmpty(scenario.Summary)));
    }

    private static (FaultOptions? Options, string Problem) Parse(params string[] arguments) => FaultOptions.Parse(arguments, s_known, 99);
}
