using System.Reflection;
using Microsoft.Extensions.Logging;

namespace ClusterLb.Node.Tests.Architecture;

public sealed class EventNumberTests
{
    private const BindingFlags All =
        BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] s_ours =
    [
        Assemblies.Core, Assemblies.DataPlane, Assemblies.ControlPlane, Assemblies.Redis, Assemblies.Node,
    ];

    [Fact]
    public void No_two_lines_of_the_log_have_one_number()
    {
        var byNumber = s_ours.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(All))
            .Select(method => (method.Name, Line: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(one => one.Line is not null)
            .ToLookup(one => one.Line!.EventId, one => one.Name);

        Assert.True(byNumber.Count > 30);
        Assert.All(byNumber, lines => Assert.Single(lines));
    }
}
