using System.Reflection;

namespace ClusterLb.Node.Tests.Architecture;

public class DependencyTests
{
    [Fact]
    public void Core_is_pure() => AssertNone(
        Assemblies.Core,
        "Core holds rules and ports and references the base class library only",
        name => !name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("System.CommandLine", StringComparison.Ordinal));

    [Fact]
    public void The_data_plane_knows_neither_actors_nor_Redis_nor_the_control_plane() =>
        AssertNone(Assemblies.DataPlane, "DataPlane moves bytes and references Core only", name => IsAkka(name) || IsRedis(name)
            || IsAspNet(name) || name == "ClusterLb.ControlPlane");

    [Fact]
    public void The_control_plane_knows_neither_ASP_NET_nor_the_data_plane() =>
        AssertNone(Assemblies.ControlPlane, "ControlPlane decides and references Core and Akka, never the data plane or a web server",
            name => IsAspNet(name) || IsRedis(name) || name == "ClusterLb.DataPlane");

    [Fact]
    public void Only_the_Redis_project_may_see_the_Redis_client()
    {
        foreach (var assembly in Assemblies.All.Except([Assemblies.Redis]))
            AssertNone(assembly, "StackExchange.Redis types appear in ClusterLb.Redis only", IsRedis);
    }

    [Fact]
    public void The_Redis_project_knows_Core_only() =>
        AssertNone(Assemblies.Redis, "ClusterLb.Redis is two ports of Core",
            name => (name.StartsWith("ClusterLb", StringComparison.Ordinal) && name != "ClusterLb.Core") || IsAkka(name) || IsAspNet(name));

    [Fact]
    public void No_type_of_the_Redis_client_shows() => Assert.All(
        Assemblies.Redis.GetExportedTypes().SelectMany(type => type.GetMembers()),
        member => Assert.DoesNotContain("StackExchange", member.ToString(), StringComparison.Ordinal));

    [Fact]
    public void Only_Node_knows_both_planes() => Assert.Equal(
        [Assemblies.Node],
        Assemblies.All.Where(assembly => Assemblies.ReferencesOf(assembly).ToHashSet()
            .IsSupersetOf(["ClusterLb.DataPlane", "ClusterLb.ControlPlane"])));

    private static bool IsAkka(string name) => name.StartsWith("Akka", StringComparison.Ordinal);

    private static bool IsRedis(string name) => name.StartsWith("StackExchange", StringComparison.Ordinal);

    private static bool IsAspNet(string name) => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal);

    private static void AssertNone(Assembly assembly, string rule, Func<string, bool> isForbidden)
    {
        var found = Assemblies.ReferencesOf(assembly).Where(isForbidden);
        Assert.True(!found.Any(), $"{rule}, but {assembly.GetName().Name} references {string.Join(", ", found)}.");
    }
}
