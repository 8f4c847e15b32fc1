using System.Diagnostics;
using ClusterLb.Node.Tests.Architecture;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>An authority and certificates of nodes, made as operators make them, gone with the test.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb").FullName;

    /// <exception cref="InvalidOperationException">The script fails, as without openssl.</exception>
    public static async Task<Certificates> MakeAsync(params string[] nodes)
    {
        var certificates = new Certificates();
        var script = Path.Combine(Repository.Root, "deploy/tls/make-certificates.sh");
        using var making = Process.Start(new ProcessStartInfo("bash",
            [script, certificates._folder, .. nodes])
        { RedirectStandardOutput = true })!;
        await making.WaitForExitAsync();
        return making.ExitCode == 0
            ? certificates
            : throw new InvalidOperationException($"{script} ended with {making.ExitCode}; is openssl installed?");
    }

    public string Folder => _folder;

    public string FileOf(string name) => Path.Combine(_folder, name);

    public string[] SettingsOf(string node) =>
        [$"cluster.tls.certificate={_folder}/{node}.pem", $"cluster.tls.key={_folder}/{node}.key", $"cluster.tls.ca={_folder}/ca.pem"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
