using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>Every secret as it stands, in a file, and from the environment.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SecretFileTests : IDisposable
{
    private const string Hidden = "correct-horse-battery-staple-0123456789";

    private static readonly Dictionary<string, Func<ClusterLbConfig, Secret>> s_secrets = new()
    {
        ["node.admin.token"] = config => config.Node.Admin.Token,
        ["node.admin.read-token"] = config => config.Node.Admin.ReadToken,
        ["store.redis.password"] = config => config.Store.Redis.Password,
        ["pools.app.health.password"] = config => ((RedisProbeOptions)config.Pools[0].Health.Probe!).Password,
        ["sticky.keys.0.secret"] = config => config.Sticky.Keys[0].Secret,
        ["cluster.secret"] = config => config.Cluster.Secret,
    };

    private readonly ConfFolder _folder = new(("secret", Hidden + "\n"), ("empty", "\n"), ("long", new string('x', 5_000)));

    /// <summary>Those that have a file beside them; the cluster's is as old as the cluster, with rules of its own.</summary>
    public static TheoryData<string> Files() => [.. s_secrets.Keys.Where(key => key != "cluster.secret")];

    public static TheoryData<string> All() => [.. s_secrets.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void A_secret_may_stand_as_it_is_or_come_from_the_environment(string key)
    {
        var variable = "CLUSTERLB__" + key.Replace(".", "__", StringComparison.Ordinal).Replace('-', '_').ToUpperInvariant();
        var environment = new Dictionary<string, string> { [variable] = Hidden };
        if (key.StartsWith("sticky", StringComparison.Ordinal)) environment["CLUSTERLB__STICKY__KEYS__0__ID"] = "k1";

        Assert.Equal(Hidden, s_secrets[key](Conf.Legal(Conf.Read(Conf.Minimal, Beside(key, $"{key}={Hidden}")))).Plain);
        Assert.Equal(Hidden, s_secrets[key](Conf.Legal(Conf.Read(Conf.Minimal, environment, Beside(key)))).Plain);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_secret_may_be_a_file_whose_last_line_end_is_no_part_of_it(string key) =>
        Assert.Equal(Hidden, s_secrets[key](Conf.Legal(Read(key, "secret"))).Plain);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_secret_in_two_places_is_one_problem(string key)
    {
        var result = Conf.Read(Conf.Minimal, Beside(key, $"{key}={Hidden}", $"{key}-file={_folder.PathOf("secret")}"));

        Assert.EndsWith($"is given beside {key.Split('.')[^1]}; a secret has one place", Conf.Single(result).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_holds_no_secret_is_one_problem_with_its_path(string key)
    {
        Assert.Equal($"\"{_folder.PathOf("nowhere")}\" cannot be read: there is no such file", Problem(key, "nowhere"));
        Assert.Equal($"\"{_folder.PathOf("empty")}\" is empty; it must hold the secret", Problem(key, "empty"));
        Assert.StartsWith($"\"{_folder.PathOf("long")}\" is longer than 4096 bytes", Problem(key, "long"), StringComparison.Ordinal);
        Assert.Equal($"\"{_folder.PathOf("")}\" cannot be read: it is a folder", Problem(key, ""));
    }

    [Fact]
    public void A_relative_path_begins_where_the_file_is_in_which_it_stands()
    {
        using var folder = new ConfFolder(("lb/main.conf", Conf.Minimal + "include \"secrets/all.conf\""),
            ("lb/secrets/all.conf", "clusterlb.node.admin.token-file = token"), ("lb/secrets/token", Hidden));

        var config = Conf.Legal(ConfigurationReader.Read(
            new ConfigurationSources([folder.PathOf("lb/main.conf")], [], new Dictionary<string, string>())));

        Assert.Equal(Hidden, config.Node.Admin.Token.Plain);
    }

    [Fact]
    public void The_folder_of_systemds_credentials_is_a_variable_like_any_other()
    {
        using var file = new ConfFile(Conf.Minimal + "clusterlb.node.admin.token-file = ${CREDENTIALS_DIRECTORY}/secret");
        var environment = new Dictionary<string, string> { ["CREDENTIALS_DIRECTORY"] = Path.GetDirectoryName(_folder.PathOf("x"))! };

        var config = Conf.Legal(ConfigurationReader.Read(new ConfigurationSources([file.Path], [], environment)));

        Assert.Equal(Hidden, config.Node.Admin.Token.Plain);
    }

    [Fact]
    public void Where_a_secret_is_kept_does_not_make_nodes_differ() => Assert.Equal(
        Conf.Legal(Conf.Read(Conf.Minimal, $"store.redis.password={Hidden}")).Fingerprint,
        Conf.Legal(Read("store.redis.password", "secret")).Fingerprint);

    private ConfigurationResult Read(string key, string file) => Conf.Read(Conf.Minimal, Beside(key, $"{key}-file={_folder.PathOf(file)}"));

    private string Problem(string key, string file) => Conf.Single(Read(key, file)).Message;

    /// <summary>What a secret does not go without.</summary>
    private static string[] Beside(string key, params string[] settings) => key switch
    {
        "node.admin.read-token" => ["node.admin.token=another-long-token-0123", .. settings],
        "pools.app.health.password" => ["pools.app.health.type=redis", .. settings],
        "sticky.keys.0.secret" when settings.Length > 0 => ["sticky.keys.0.id=k1", .. settings],
        _ => settings,
    };
}
