using System.Reflection;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>What an operator keeps to himself is in no fingerprint, no message and no record's text.</summary>
public sealed class SecretsTests
{
    private const string Hidden = "correct-horse-battery";

    private static readonly string[] s_words = ["Token", "Password", "Secret", "Passphrase"];

    [Theory]
    [InlineData("node.admin.token={0}")]
    [InlineData("store.redis.password={0}")]
    [InlineData("sticky.keys=[{{ id = k1, secret = {0} }}]")]
    [InlineData("pools.app.health={{ type = redis, password = {0} }}")]
    [InlineData("pools.app.health.headers.Authorization={0}")]
    public void A_secret_is_neither_in_the_fingerprint_nor_in_the_configurations_text(string setting)
    {
        var one = Conf.Legal(Conf.Read(Conf.Minimal, string.Format(null, setting, Hidden)));
        var other = Conf.Legal(Conf.Read(Conf.Minimal, string.Format(null, setting, Hidden + "-2")));

        Assert.Equal(one.Fingerprint, other.Fingerprint);
        Assert.DoesNotContain(Hidden, string.Concat(one, one.Node.Admin, one.Store.Redis, one.Sticky.Keys.Count > 0 ? one.Sticky.Keys[0]
            : null, one.Pools[0].Health, string.Join(',', (one.Pools[0].Health.Probe as HttpProbeOptions)?.Headers ?? [])),
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node.admin={0}")]
    [InlineData("node.admin.token={{ value = {0} }}")]
    [InlineData("node.admin.token=[{0}]")]
    [InlineData("node.admin.token:{0}")]
    [InlineData("store.redis={0}")]
    [InlineData("store.redis.endpoints=[\"redis://lb:{0}@db:6379\"]")]
    [InlineData("store.redis.endpoints=[\"lb:{0}@db:6379\"]")]
    [InlineData("store.redis.endpoints=[\":{0}@db:6379\"]")]
    [InlineData("sticky.keys={0}")]
    [InlineData("sticky.keys=[{0}]")]
    [InlineData("sticky.keys=[{{ id = {0}, secret = {0} }}]")]
    [InlineData("key-defaults={0}")]
    [InlineData("pools.app.health={{ type = redis, password = [{0}] }}")]
    [InlineData("pools.app.health={{ type = redis, password = {{ value = {0} }} }}")]
    [InlineData("pools.app.health.headers={0}")]
    [InlineData("pools.app.health.headers.Authorization=[{0}]")]
    [InlineData("pools.app.health.headers={{ Authorization = \"{0}\\r\" }}")]
    [InlineData("pools.app.backends.a1.address=\"http://lb:{0}@10.0.0.1:80\"")]
    public void No_problem_repeats_a_secret_that_stands_in_the_wrong_place(string setting)
    {
        var result = Conf.Read(Conf.Minimal, string.Format(null, setting, Hidden));

        Assert.NotEmpty(result.Problems);
        Assert.All(result.Problems, problem => Assert.DoesNotContain(Hidden, $"{problem}{problem.Message}", StringComparison.Ordinal));
    }

    [Fact]
    public void Whatever_is_named_like_a_secret_is_one()
    {
        var named = typeof(ClusterLbConfig).Assembly.GetTypes().Where(type => type.Namespace == typeof(ClusterLbConfig).Namespace)
            .Concat(typeof(IProbe).Assembly.GetTypes().Where(typeof(ProbeOptions).IsAssignableFrom))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                .Where(property => s_words.Any(word => property.Name.EndsWith(word, StringComparison.Ordinal)));

        Assert.All(named, property => Assert.True(property.PropertyType == typeof(Secret),
            $"{property.DeclaringType}.{property.Name} must be a Secret, or be named by what it is (a file: *File)."));
    }

    [Fact]
    public void A_secret_says_only_whether_there_is_one()
    {
        Assert.Equal(("***", "", ""), (new Secret("x").ToString(), new Secret("").ToString(), default(Secret).ToString()));
        Assert.Equal((false, true, true), (new Secret("x").IsNone, new Secret("").IsNone, default(Secret).IsNone));
    }
}
