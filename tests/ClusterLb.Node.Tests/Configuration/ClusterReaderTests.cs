using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

public sealed class ClusterReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Seeds_are_nodes_names_and_services()
    {
        var seeds = Conf.Legal(Conf.Read(Conf.Minimal,
            "cluster.seeds=[\"lb1.internal:4053\",\"[::1]:4054\",\"dns:lb.internal:4055\",\"srv:_clusterlb._tcp.internal\"]"))
            .Cluster.Seeds;

        Assert.Equal(
            [
                new SeedConfig(SeedKind.Node, "lb1.internal", 4053), new SeedConfig(SeedKind.Node, "::1", 4054),
                new SeedConfig(SeedKind.Dns, "lb.internal", 4055), new SeedConfig(SeedKind.Srv, "_clusterlb._tcp.internal", 0),
            ],
            seeds);
    }

    [Theory]
    [InlineData("lb1")]
    [InlineData("lb1:0")]
    [InlineData("lb1:65536")]
    [InlineData(":4053")]
    [InlineData("dns:lb1")]
    [InlineData("srv:")]
    [InlineData("srv:name:4053")]
    [InlineData("lb1:4053,lb2:4053,lb3:4053")]
    [InlineData("akka.tcp://clusterlb@lb1:4053")]
    [InlineData("dns:a.example,b.example:4053")]
    public void What_is_no_seed_is_refused_with_what_would_be_one(string seed) => Assert.Equal(
        $"\"{seed}\" is not legal; each must be HOST:PORT for one node, dns:NAME:PORT for every address of a name, or srv:NAME for every "
            + $"target of an SRV record",
        Conf.Single(Conf.Read(Conf.Minimal, $"cluster.seeds=[\"{seed}\"]")).Message);

    [Fact]
    public void A_seed_counts_once() =>
        Assert.Contains("lb1 is in it twice", Conf.Single(Conf.Read(Conf.Minimal, "cluster.seeds=[\"lb1:4053\",\"lb1:4053\"]")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Name_servers_are_addresses_with_port_53_where_they_say_none() => Assert.Equal(
        ["10.0.0.2:53", "127.0.0.1:5353", "[::1]:53", "[2001:db8::1]:5353"],
        Conf.Legal(Conf.Read(Conf.Minimal, "cluster.name-servers=[\"10.0.0.2\",\"127.0.0.1:5353\",\"[::1]\",\"[2001:db8::1]:5353\"]"))
            .Cluster.NameServers.Select(server => server.ToString()));

    [Theory]
    [InlineData("ns.example.org")]
    [InlineData("127.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("[::1]:65536")]
    [InlineData("::1")]
    [InlineData("127.0.0.1:")]
    public void What_is_no_name_server_is_refused_with_what_would_be_one(string server) => Assert.Equal(
        $"\"{server}\" is not legal; each must be an IP address with or without a port, such as 10.0.0.2, 127.0.0.1:5353 or [::1]:53",
        Conf.Single(Conf.Read(Conf.Minimal, $"cluster.name-servers=[\"{server}\"]")).Message);

    [Fact]
    public void Certificate_key_and_authority_go_together()
    {
        var problems = Conf.Read(Conf.Minimal, "cluster.tls.certificate=/no/such.pem").Problems.Select(problem => problem.ToString())
            .ToList();

        Assert.Equal(3, problems.Count);
        Assert.Contains(problems,
            problem => problem.Contains("cluster.tls.certificate: \"/no/such.pem\" is no file", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("cluster.tls.key: is missing", StringComparison.Ordinal));
    }

    [Fact]
    public void A_certificate_of_the_authority_is_taken_and_another_ones_is_not()
    {
        var (ca, stranger) = (Authority("ca"), Authority("stranger"));
        var (good, bad) = (Node("good", ca), Node("bad", stranger));

        Assert.True(Conf.Legal(Conf.Read(Conf.Minimal, Settings("good", good))).Cluster.Tls.IsOn);
        Assert.Contains("is not signed by the authority", Conf.Single(Conf.Read(Conf.Minimal, Settings("bad", bad))).Message,
            StringComparison.Ordinal);
        Assert.Contains("cannot be used",
            Conf.Single(Conf.Read(Conf.Minimal, [.. Settings("good", good)[..1], .. Settings("bad", bad)[1..]])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_cannot_be_used_is_said_where_it_is_asked_for()
    {
        var file = $"{_folder}/cluster.secret";
        string[] settings = ["cluster.seeds=[\"127.0.0.1:4053\"]", $"cluster.secret-file={file}"];
        Assert.StartsWith($"\"{file}\" cannot be read: ", Conf.Single(Conf.Read(Conf.Minimal, settings)).Message, StringComparison.Ordinal);

        File.WriteAllText(file, "too short");
        Permit(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal($"\"{file}\" holds 9 bytes; it must hold 32 or more, such as openssl rand -hex 32 gives",
            Conf.Single(Conf.Read(Conf.Minimal, settings)).Message);

        File.WriteAllText(file, new string('s', 32));
        Assert.Equal(file, Conf.Legal(Conf.Read(Conf.Minimal, settings)).Cluster.SecretFile);

        Permit(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Equal($"\"{file}\" can be read or written by others; it must be this user's alone: chmod 600 {file}",
            Conf.Single(Conf.Read(Conf.Minimal, settings)).Message);
        Assert.Equal(file, Conf.Legal(Conf.Read(Conf.Minimal, settings[1])).Cluster.SecretFile);
    }

    private static void Permit(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, mode);
    }

    private string[] Settings(string name, string certificate) =>
        [$"cluster.tls.certificate={certificate}", $"cluster.tls.key={_folder}/{name}.key", $"cluster.tls.ca={_folder}/ca.pem"];

    private X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var authority = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        File.WriteAllText($"{_folder}/{name}.pem", authority.ExportCertificatePem());
        return authority;
    }

    private string Node(string name, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .Create(authority, Now.AddHours(-1), Now.AddHours(1), [1, 2, 3]);
        File.WriteAllText($"{_folder}/{name}.pem", certificate.ExportCertificatePem());
        File.WriteAllText($"{_folder}/{name}.key", key.ExportPkcs8PrivateKeyPem());
        return $"{_folder}/{name}.pem";
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}
