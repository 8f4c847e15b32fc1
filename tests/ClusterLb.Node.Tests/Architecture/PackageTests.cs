using System.Reflection;
using System.Text.Json;
using ClusterLb.Node.Commands;

namespace ClusterLb.Node.Tests.Architecture;

/// <summary>What is handed out: its version, and what is in it beside our own.</summary>
public sealed class PackageTests
{
    private static readonly string[] s_needless =
    [
        "Akka.DistributedData.LightningDB", "LightningDB", "Microsoft.Win32.SystemEvents", "OpenTelemetry.Exporter",
            "System.Drawing.Common",
        "System.Security.Permissions", "System.Windows.Extensions",
    ];

    [Fact]
    public void The_changelog_begins_with_the_version_that_is_built()
    {
        var heading = File.ReadLines(Path.Combine(Repository.Root, "CHANGELOG.md"))
            .First(line => line.StartsWith("## ", StringComparison.Ordinal));
        var built = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

        Assert.Equal(heading.Split(' ')[1], built.Split('+')[0]);
    }

    [Fact]
    public void Nothing_is_in_it_that_no_line_of_ours_comes_to_and_nothing_of_other_systems()
    {
        // Of the same build as this test.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        using var built = JsonDocument.Parse(File.ReadAllText(
            Path.Combine(Repository.Root, "artifacts/bin/ClusterLb.Node", configuration, "clusterlb.deps.json")));
        var packages = built.RootElement.GetProperty("targets").EnumerateObject().Single().Value.EnumerateObject()
            .Where(package => package.Value.TryGetProperty("runtime", out _) || package.Value.TryGetProperty("runtimeTargets", out _))
            .ToList();

        Assert.Contains(packages, package => package.Name.StartsWith("Akka.Cluster.Sharding/", StringComparison.Ordinal));
        Assert.DoesNotContain(packages, package =>
            s_needless.Any(name => package.Name.StartsWith(name + '/', StringComparison.OrdinalIgnoreCase)));
        Assert.DoesNotContain(packages, package => package.Value.TryGetProperty("runtimeTargets", out _));
    }
}
