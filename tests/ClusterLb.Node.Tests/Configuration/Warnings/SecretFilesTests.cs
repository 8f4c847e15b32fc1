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

    [Theory]
    [InlineData("node.admin.token-file", "node.admin.token-file=")]
    [InlineData("node.admin.read-token-file", "node.admin.token=${TOKEN}", "node.admin.read-token-file=")]
    [InlineData("store.redis.password-file", "store.type=redis", "store.redis.password-file=")]
    [InlineData("pools.app.health.password-file", "pools.app.health.type=redis", "pools.app.health.password-file=")]
    [InlineData("sticky.keys[0].secret-file", "pools.app.sticky.by=cookie", "sticky.keys=[{ id = k1, secret-file = ")]
    public void The_file_of_a_secret_that_everybody_can_read(string key, params string[] lines)
    {
        using var secret = new ConfFile("correct-horse-battery");
        var last = $"{lines[^1]}\"{secret.Path}\"{(lines[^1].Contains('{', StringComparison.Ordinal) ? " }]" : "")}";
        using var file = new ConfFile(
            Warned.Sound + string.Join('\n', lines.SkipLast(1).Append(last).Select(line => $"clusterlb.{line}")));
        File.SetUnixFileMode(file.Path, Own);
        File.SetUnixFileMode(secret.Path, Own | UnixFileMode.OtherRead);
        var warning = Assert.Single(LinesOf(file));
        Assert.Contains($"clusterlb.{key}: is for nobody else to know", warning, StringComparison.Ordinal);
        Assert.EndsWith($"chmod o-rwx {secret.Path}", warning, StringComparison.Ordinal);

        File.SetUnixFileMode(secret.Path, Own);
        Assert.Empty(LinesOf(file));
    }

    [Fact]
    public void A_device_is_left_as_it_is() => Assert.False(FilePaths.IsOpenToAll("/dev/null"));

    [Fact]
    public void A_secret_on_the_command_line_is_in_the_list_of_processes() =>
        Warned.Of("node.admin.token", "shows the secret to whoever lists processes", "node.admin.token=correct-horse-battery");

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
