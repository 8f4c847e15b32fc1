using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClusterLb.Node.Secrets;

namespace ClusterLb.Node.Tests.Secrets;

public sealed class ClusterSecretFilesTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly string _nodes = Directory.CreateTempSubdirectory("clusterlb-test-").FullName;
    private readonly string _authority = Directory.CreateTempSubdirectory("clusterlb-test-").FullName;

    public void Dispose()
    {
        Directory.Delete(_nodes, recursive: true);
        Directory.Delete(_authority, recursive: true);
    }

    [Fact]
    public void Each_node_gets_a_certificate_of_the_authority_and_none_gets_the_authoritys_key()
    {
        Make("lb1", "lb2");

        Assert.Equal(
            ["admin.token", "ca.pem", "lb1.key", "lb1.pem", "lb2.key", "lb2.pem", "redis.acl", "redis.password"], NamesIn(_nodes));
        Assert.Equal(["ca.key", "ca.pem"], NamesIn(_authority));
        foreach (var node in new[] { "lb1", "lb2" })
        {
            using var certificate = X509Certificate2.CreateFromPem(Text($"{node}.pem"), Text($"{node}.key"));
            Assert.Equal($"CN={node}", certificate.Subject);
            Assert.True(certificate.MatchesHostname(node));
            Assert.Equal("CN=ClusterLb cluster", certificate.Issuer);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Secrets_are_this_users_alone_and_what_is_none_is_everybodys()
    {
        Make("lb1");

        Assert.All(Directory.EnumerateFiles(_nodes).Concat(Directory.EnumerateFiles(_authority)), file => Assert.Equal(
            Path.GetExtension(file) is ".pem" or ".acl", File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead)));
    }

    [Fact]
    public void Redis_is_told_the_hash_of_the_password_and_not_the_password()
    {
        Make("lb1");

        var password = Text("redis.password").TrimEnd();
        Assert.Equal(64, password.Length);
        Assert.Equal($"user default on #{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(password)))} ~* &* +@all\n",
            Text("redis.acl"));
    }

    [Fact]
    public void What_is_there_stays_and_a_node_more_is_signed_by_the_same_authority()
    {
        Make("lb1");
        var (certificate, token) = (Text("lb1.pem"), Text("admin.token"));

        Assert.Empty(Make("lb1"));
        Assert.Equal(["lb2.key", "lb2.pem"], Make("lb1", "lb2"));

        Assert.Equal((certificate, token), (Text("lb1.pem"), Text("admin.token")));
    }

    [Theory]
    [InlineData(790, false)]
    [InlineData(800, true)]
    public void A_certificate_that_soon_ends_is_made_anew(int days, bool isAnew)
    {
        Make("lb1");

        var made = Make(s_now.AddDays(days), "lb1");

        Assert.Equal(isAnew ? ["lb1.key", "lb1.pem"] : [], made);
    }

    [Fact]
    public void With_another_authority_every_certificate_is_another()
    {
        Make("lb1");
        foreach (var file in Directory.EnumerateFiles(_authority)) File.Delete(file);

        Assert.Equal(["ca.pem", "lb1.key", "lb1.pem"], Make("lb1"));
    }

    [Fact]
    public void A_lost_file_is_made_anew()
    {
        Make("lb1");
        foreach (var name in new[] { "ca.pem", "lb1.key", "redis.acl" }) File.Delete(Path.Combine(_nodes, name));

        Assert.Equal(["ca.pem", "lb1.key", "lb1.pem", "redis.acl"], Make("lb1"));
    }

    private IReadOnlyList<string> Make(params string[] nodes) => Make(s_now, nodes);

    /// <returns>What was written for the nodes.</returns>
    private IReadOnlyList<string> Make(DateTimeOffset now, params string[] nodes)
    {
        var folder = new SecretFolder(_nodes);
        ClusterSecretFiles.Make(folder, new SecretFolder(_authority), nodes, now);
        return folder.Written;
    }

    private string Text(string name) => File.ReadAllText(Path.Combine(_nodes, name));

    private static IEnumerable<string> NamesIn(string folder) =>
        Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);
}
