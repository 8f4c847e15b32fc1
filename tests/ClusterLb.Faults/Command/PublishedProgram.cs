using System.Runtime.InteropServices;
using ClusterLb.Faults.Processes;

namespace ClusterLb.Faults.Command;

/// <summary>The <c>clusterlb</c> that is tried: one that is given, or that of this repository.</summary>
internal static class PublishedProgram
{
    /// <summary>Publishes the program of this repository where <c>dotnet publish</c> puts it.</summary>
    /// <exception cref="InvalidOperationException">It does not build; the message has why.</exception>
    public static async Task<string> PublishAsync()
    {
        var root = Root(AppContext.BaseDirectory)
            ?? throw new InvalidOperationException("no ClusterLb.sln is above this program; --program PATH names a published clusterlb");
        var runtime = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        var output = Path.Combine(root, "artifacts", "faults", "published");
        // Nothing that the build starts may outlive it.
        await Child.RunAsync("env", "MSBUILDDISABLENODEREUSE=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_NOLOGO=1", "dotnet", "publish",
            Path.Combine(root, "src", "ClusterLb.Node"), "--configuration", "Release", "--runtime", runtime, "--output", output,
            "--verbosity", "quiet", "-p:UseSharedCompilation=false");
        return Path.Combine(output, "clusterlb");
    }

    private static string? Root(string? folder) =>
        folder is null || File.Exists(Path.Combine(folder, "ClusterLb.sln")) ? folder : Root(Path.GetDirectoryName(folder));
}
