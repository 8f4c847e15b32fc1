namespace ClusterLb.Node.Tests.Configuration;

/// <summary>A configuration file that exists as long as a test does.</summary>
internal sealed class ConfFile : IDisposable
{
    public ConfFile(string text) => File.WriteAllText(Path, text);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"clusterlb-test-{Guid.NewGuid():N}.conf");

    public void Dispose() => File.Delete(Path);
}
