using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;
using ClusterLb.Node.Tests.Architecture;
using ClusterLb.Node.Tests.Configuration;
using ClusterLb.Node.Tests.Configuration.Warnings;

namespace ClusterLb.Node.Tests.Docs;

/// <summary>Every configuration that a page shows, and every file to copy, is legal and warned of nothing.</summary>
public sealed class ConfigurationsTests
{
    /// <summary>Where the pages say that certificates are.</summary>
    private const string Certificates = "/etc/clusterlb/tls";

    private static readonly Dictionary<string, string> s_environment = new()
    {
        ["POD_IP"] = "10.0.0.7",
        ["ADMIN_TOKEN"] = "an-admin-token-of-32-characters.",
        ["COOKIE_KEY"] = "a-cookie-key-of-32-characters-..",
    };

    public static TheoryData<string> Shown =>
    [
        .. Pages.Fences("hocon").Select(fence => fence.ToString()),
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "hocon"), "cl*.conf")
            .Select(file => Path.GetRelativePath(Repository.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Shown))]
    public async Task It_is_legal_and_warned_of_nothing(string where)
    {
        var text = Pages.Fences("hocon").FirstOrDefault(fence => fence.ToString() == where)?.Text ?? Pages.Read(where);
        using var certificates = text.Contains(Certificates, StringComparison.Ordinal) ? await Cluster.Certificates.MakeAsync("lb1") : null;
        if (certificates is not null) text = text.Replace(Certificates, certificates.Folder, StringComparison.Ordinal);
        // The unit makes it.
        text = text.Replace("/var/log/clusterlb", Path.GetTempPath().TrimEnd('/'), StringComparison.Ordinal);
        using var folder = new ConfFolder(("node.conf", text),
            ("common.conf", Warned.Sound.Replace("node.name = lb1", "", StringComparison.Ordinal)),
            ("secrets.conf", "clusterlb.node.admin.token = ${ADMIN_TOKEN}"));
        // An example that is whole needs no other file.
        var isWhole = text.Contains("listeners {", StringComparison.Ordinal) || text.Contains("common.conf", StringComparison.Ordinal);
        string[] files = isWhole ? ["node.conf"] : ["common.conf", "node.conf"];

        var result = ConfigurationReader.Read(new ConfigurationSources([.. files.Select(folder.PathOf)], [], s_environment));

        Conf.Legal(result);
        var lines = ConfigurationWarnings.Of(result).Select(warning => folder.Shorten(warning.ToString())).ToList();
        // Pools that an example shows alone are somebody's elsewhere.
        if (!text.Contains("listeners", StringComparison.Ordinal))
            lines.RemoveAll(line => line.Contains("is used by nobody", StringComparison.Ordinal));
        Assert.Empty(lines);
    }
}
