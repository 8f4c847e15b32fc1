using System.Runtime.Versioning;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Warnings;

namespace ClusterLb.Node.Tests.Configuration.Warnings;

[SupportedOSPlatform("linux")]
public class SecretFilesTests
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    [Theory]
    [InlineData("clusterlb.node.admin.token = sixteen-letters-and-more")]
    [InlineData("clusterlb.store { type = redis, redis.password = correct-horse }")]
    [InlineData("clusterlb.sticky.keys = [{ id = k1, secret = \"0123456789abcdef\" }]\nclusterlb.pools.app.sticky.by = cookie")]
    public void A_secret_in_a_file_that_everybody_can_read(string secret)
    {
        using var file = new ConfFile(Warned.Sound + secret);
        File.SetUnixFileMode(file.Path, Own | UnixFileMode.OtherRead);
        var warning = Assert.Single(LinesOf(file));
        Assert.Contains($"chmod o-rwx {file.Path}", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("correct-horse", warning, StringComparison.Ordinal);

        File.SetUnixFileMode(file.Path, Own);
        Assert.Empty(LinesOf(file));
    }

    [Fact]
    public void A_secret_from_elsewhere_and_a_file_without_one_are_sound()
    {
        using var file = new ConfFile(Warned.Sound + "clusterlb.node.admin.token = ${TOKEN}");
        File.SetUnixFileMode(file.Path, Own | UnixFileMode.OtherRead);

        Assert.Empty(LinesOf(file));
    }

    private static string[] LinesOf(ConfFile file)
    {
        var environment = new Dictionary<string, string> { ["TOKEN"] = "sixteen-letters-and-more" };
        var result = ConfigurationReader.Read(new ConfigurationSources([file.Path], [], environment));
        Conf.Legal(result);
        return [.. ConfigurationWarnings.Of(result).Select(warning => warning.ToString())];
    }
}
