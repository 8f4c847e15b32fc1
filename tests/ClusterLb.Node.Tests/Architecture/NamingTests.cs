using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Balancing;

namespace ClusterLb.Node.Tests.Architecture;

public class NamingTests
{
    private static readonly string[] s_emptyWords = ["Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Service"];

    [Fact]
    public void No_type_is_named_by_an_empty_word()
    {
        var found = Assemblies.Types.Where(type => s_emptyWords.Any(word => type.Name.EndsWith(word, StringComparison.Ordinal)));

        Assert.True(!found.Any(),
            $"A name says what a type is: {string.Join(", ", found)} ends in one of {string.Join(", ", s_emptyWords)}.");
    }

    [Fact]
    public void Actors_are_internal_sealed_and_named_so()
    {
        var actors = Assemblies.Types.Where(IsActor).ToList();

        Assert.NotEmpty(actors);
        Assert.All(actors, actor => Assert.True(
            actor.IsSealed && !actor.IsVisible && actor.Name.EndsWith("Actor", StringComparison.Ordinal),
            $"{actor} is an actor: it must be internal, sealed, and named *Actor."));
    }

    [Fact]
    public void Every_actor_appears_in_actor_tests()
    {
        var tests = string.Concat(Repository.Sources("tests").Where(file => file.EndsWith("ActorTests.cs", StringComparison.Ordinal))
            .Select(file => File.ReadAllText(Path.Combine(Repository.Root, file))));

        Assert.All(Assemblies.Types.Where(IsActor),
            actor => Assert.True(tests.Contains(actor.Name, StringComparison.Ordinal), $"{actor} is an actor that no *ActorTests names."));
    }

    [Fact]
    public void Every_policy_is_registered_named_and_documented()
    {
        var reference = File.ReadAllText(Path.Combine(Repository.Root, "src/ClusterLb.Node/Configuration/reference.conf"));
        var policies = Assemblies.Types.Where(type => typeof(ILoadBalancingPolicy).IsAssignableFrom(type) && !type.IsAbstract).ToList();

        Assert.Equal(policies.Count, Policies.Default.Names.Count);
        Assert.All(policies, policy => Assert.True(Policies.Default.Names.Any(name => Policies.Default.Get(name).GetType() == policy),
            $"{policy} is not in Policies."));
        Assert.All(policies, policy => Assert.EndsWith("Policy", policy.Name, StringComparison.Ordinal));
        Assert.All(Policies.Default.Names,
            name => Assert.True(reference.Contains($" {name}", StringComparison.Ordinal),
            $"reference.conf does not name the policy {name}."));
    }

    [Fact]
    public void Every_probe_is_registered_named_and_documented()
    {
        var reference = File.ReadAllText(Path.Combine(Repository.Root, "src/ClusterLb.Node/Configuration/reference.conf"));
        var probes = Assemblies.Types.Where(type => typeof(IProbe).IsAssignableFrom(type) && !type.IsAbstract).ToList();

        Assert.Equal(probes.Count, ProbeRegistry.Default.All.Count);
        Assert.All(probes, probe => Assert.True(ProbeRegistry.Default.All.Any(known => known.GetType() == probe),
            $"{probe} is not in ProbeRegistry."));
        Assert.All(probes, probe => Assert.EndsWith("Probe", probe.Name, StringComparison.Ordinal));
        var types = string.Join(" | ", ProbeRegistry.Default.All.Select(probe => probe.Type));
        Assert.Contains($"# {types} | none", reference, StringComparison.Ordinal);
    }

    [Fact]
    public void No_file_is_longer_than_300_lines()
    {
        var found = Repository.Sources("src").Where(file => File.ReadLines(Path.Combine(Repository.Root, file)).Count() > 300);

        Assert.True(!found.Any(), $"Past 300 lines a file holds two ideas: {string.Join(", ", found)}.");
    }

    [Fact]
    public void No_line_is_longer_than_140_columns()
    {
        var found = Repository.Sources("src").Concat(Repository.Sources("tests"))
            .SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, file))
            .Select((line, i) => (line.Length, Place: $"{file}:{i + 1}"))).Where(line => line.Length > 140);

        Assert.True(!found.Any(), $"Whoever reads should not have to scroll: {string.Join(", ", found.Select(line => line.Place))}.");
    }

    private static bool IsActor(Type type)
    {
        for (var at = type.BaseType; at is not null; at = at.BaseType)
        {
            if (at.FullName == "Akka.Actor.ActorBase") return true;
        }

        return false;
    }
}
