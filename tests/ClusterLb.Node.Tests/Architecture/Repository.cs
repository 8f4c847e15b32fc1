namespace ClusterLb.Node.Tests.Architecture;

/// <summary>The checked-out source tree that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Every source file under a folder, relative to the root; what the build generates is left out.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "ClusterLb.sln")) ? folder
        : Find(Path.GetDirectoryName(folder)!);
}
