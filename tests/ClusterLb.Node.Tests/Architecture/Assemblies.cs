using System.Reflection;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane;
using ClusterLb.Node.Commands;
using ClusterLb.Redis;

namespace ClusterLb.Node.Tests.Architecture;

/// <summary>The product, an assembly a project.</summary>
internal static class Assemblies
{
    public static Assembly Core => typeof(RoutingTable).Assembly;

    public static Assembly DataPlane => typeof(DataPlaneHost).Assembly;

    public static Assembly ControlPlane => typeof(ControlPlaneHost).Assembly;

    public static Assembly Redis => typeof(RedisStore).Assembly;

    public static Assembly Node => typeof(CheckCommand).Assembly;

    public static IReadOnlyList<Assembly> All { get; } = [Core, DataPlane, ControlPlane, Redis, Node];

    /// <summary>Written by us: compilers make types too.</summary>
    public static IEnumerable<Type> Types =>
        All.SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.Namespace?.StartsWith("ClusterLb", StringComparison.Ordinal) == true
        && !type.Name.Contains('<', StringComparison.Ordinal));

    public static IEnumerable<string> ReferencesOf(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!);
}
