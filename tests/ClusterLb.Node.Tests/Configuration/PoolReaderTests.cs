using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Configuration;

public class PoolReaderTests
{
    [Theory]
    [InlineData("balance=fastest", "it must be one of ")]
    [InlineData("hash.key=uri", "source-ip, header:NAME, cookie:NAME or path")]
    [InlineData("hash.key=header:", "source-ip, header:NAME, cookie:NAME or path")]
    [InlineData("hash.key=header", "source-ip, header:NAME, cookie:NAME or path")]
    [InlineData("hash.key=header:X Key", "source-ip, header:NAME, cookie:NAME or path")]
    [InlineData("hash.key=source-ip:x", "source-ip, header:NAME, cookie:NAME or path")]
    [InlineData("hash.algorithm=md5", "one of maglev, ring")]
    [InlineData("hash.virtual-nodes=1001", "from 1 to 1000")]
    [InlineData("hash.load-bound=0.5", "0, or a number from 1 to 10")]
    [InlineData("hash.load-bound=NaN", "0, or a number from 1 to 10")]
    [InlineData("health.type=icmp", "one of http, tcp, grpc")]
    [InlineData("health.path=up", "it must begin with /")]
    [InlineData("health.path=/a b", "it must begin with /")]
    [InlineData("health.host=a b", "a host such as app.example.com")]
    [InlineData("health.host=\"x\ny\"", "a host such as app.example.com")]
    [InlineData("health.interval=99ms", "from 100ms to 1h")]
    [InlineData("health.fast-interval=6s", "is longer than interval")]
    [InlineData("health.timeout=0s", "from 10ms to 1m")]
    [InlineData("health.healthy-threshold=0", "from 1 to 100")]
    [InlineData("health.unhealthy-threshold=101", "from 1 to 100")]
    [InlineData("health.expected-status=[]", "no check could ever pass")]
    [InlineData("health.expected-status=[199]", "from 200 to 599")]
    [InlineData("health.method=get", "methods are case-sensitive; it must be GET")]
    [InlineData("health.expected-status=[ok]", "from 200 to 599")]
    [InlineData("health.start-grace=2h", "from 0s to 1h")]
    [InlineData("health.start-spread=2m", "from 0s to 1m")]
    [InlineData("health.port=65536", "from 0 to 65535")]
    [InlineData("health.method=CONNECT", "and not CONNECT")]
    [InlineData("health.method=\"GET \"", "a method such as GET, HEAD or OPTIONS")]
    [InlineData("health.method=", "a method such as GET, HEAD or OPTIONS")]
    [InlineData("health.path=*", "it must begin with /")]
    [InlineData("health.http-version=2", "one of 1.1, 1.0")]
    [InlineData("health.headers={ \"a b\" = c }", "has \"a b\"; a header's name has no spaces")]
    [InlineData("health.headers={ host = c }", "use the key host for it")]
    [InlineData("health.headers={ Transfer-Encoding = chunked }", "leave it out")]
    [InlineData("health.headers={ content-length = 1 }", "leave it out")]
    [InlineData("health.headers={ X-A = \"b\\r\\nC: d\" }", "a value of X-A with a line break")]
    [InlineData("health.headers={ X-A = \"b\\u0000\" }", "a value of X-A with a line break")]
    [InlineData("health.headers.X-A=[b]", "it must be a text")]
    [InlineData("passive.failures=-1", "from 0 to 100")]
    [InlineData("passive.window=0s", "from 100ms to 1h")]
    [InlineData("passive.eject=0s", "from 100ms to 1h")]
    [InlineData("passive.max-eject=5s", "is shorter than eject")]
    [InlineData("passive.max-ejected-percent=101", "from 0 to 100")]
    [InlineData("passive.status=[404]", "502, 503 or 504")]
    [InlineData("minimum-healthy.count=-1", "from 0 to 10000")]
    [InlineData("minimum-healthy.percent=101", "from 0 to 100")]
    [InlineData("drain-timeout=forever", "from 0s to 24h")]
    [InlineData("slow-start=2h", "from 0s to 1h")]
    [InlineData("sticky.ttl=0s", "from 1s to 8760h")]
    [InlineData("retry.attempts=11", "from 0 to 10")]
    [InlineData("retry.on=[always]", "connect-failure or no-response")]
    [InlineData("retry.budget-percent=101", "from 0 to 100")]
    [InlineData("timeouts.connect=0s", "from 10ms to 1h")]
    [InlineData("timeouts.response=0s", "from 10ms to 24h")]
    [InlineData("timeouts.idle=0s", "from 10ms to 24h")]
    [InlineData("timeouts.tunnel=0s", "from 10ms to 168h")]
    [InlineData("queue.length=-1", "from 0 to 1000000")]
    [InlineData("queue.timeout=11m", "from 10ms to 10m")]
    [InlineData("backends.a1.weight=257", "from 0 to 256")]
    [InlineData("backends.a1.max-in-flight=-1", "from 0 to 1000000")]
    [InlineData("backends.a1.address=127.0.0.1", "HOST:PORT with a port from 1 to 65535")]
    [InlineData("backends.a1.address=127.0.0.1:0", "HOST:PORT with a port from 1 to 65535")]
    [InlineData("backends.a1.address=127.0.0.1:65536", "HOST:PORT with a port from 1 to 65535")]
    [InlineData("backends.a1.address=", "is missing; it must be HOST:PORT")]
    [InlineData("backends.a1.address=no_such host:80", "is neither a host name nor an IP address")]
    [InlineData("backends=x", "a block of named blocks")]
    public void A_bad_value_is_a_line_with_what_is_legal(string setting, string expected)
    {
        var result = Conf.Read(Conf.Minimal, "pools.app." + setting);

        Assert.Null(result.Config);
        Assert.Contains(result.Problems,
            problem => problem.Key == "clusterlb.pools.app." + setting[..setting.IndexOf('=', StringComparison.Ordinal)]
            && problem.Message.Contains(expected, StringComparison.Ordinal));
        Assert.InRange(result.Problems.Count, 1, setting == "backends=x" ? 2 : 1);
    }

    [Fact]
    public void A_pool_without_backends_is_a_problem() =>
        Assert.Contains("a pool needs at least one backend", Conf.Single(Conf.Read(Conf.Minimal + "clusterlb.pools.empty {}")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1:9001")]
    [InlineData("localhost:9001")]
    public void Two_backends_of_a_pool_may_not_share_an_address(string address)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, $"pools.app.backends.a2.address={address}"));

        Assert.Contains("a1 and a2 have the same address 127.0.0.1:9001", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_pools_may_share_a_backend() => Conf.Legal(Conf.Read(Conf.Minimal, "pools.other.backends.a1.address=127.0.0.1:9001"));

    [Fact]
    public void Every_policy_may_be_named() =>
        Assert.All(Policies.Default.Names,
        name => Assert.Equal(name, Conf.Legal(Conf.Read(Conf.Minimal, $"pools.app.balance={name}")).Pools[0].Balance));

    [Theory]
    [InlineData("source-ip", HashKeyKind.SourceIp, "")]
    [InlineData("path", HashKeyKind.Path, "")]
    [InlineData("header:X-Key", HashKeyKind.Header, "X-Key")]
    [InlineData("cookie: sid", HashKeyKind.Cookie, "sid")]
    public void A_hash_key_is_a_kind_and_a_name(string text, HashKeyKind kind, string name)
    {
        var hash = Conf.Legal(Conf.Read(Conf.Minimal, $"pools.app.hash.key={text}")).Pools[0].Hash;

        Assert.Equal((kind, name), (hash.Key, hash.KeyName));
    }

    [Theory]
    [InlineData("10s", "0s", 2_000)]
    [InlineData("500ms", "0s", 200)]
    [InlineData("100ms", "0s", 100)]
    [InlineData("10s", "3s", 3_000)]
    public void The_fast_interval_is_a_fifth_of_the_interval_unless_given(string interval, string fast, double expected) =>
        Assert.Equal(expected, Conf.Legal(Conf.Read(Conf.Minimal, $"pools.app.health.interval={interval}",
            $"pools.app.health.fast-interval={fast}")).Pools[0].Health.FastInterval.TotalMilliseconds);

    [Fact]
    public void Retries_may_be_off_altogether() =>
        Assert.Equal(RetryOn.None, Conf.Legal(Conf.Read(Conf.Minimal, "pools.app.retry.on=[]")).Pools[0].Retry.On);

    [Fact]
    public void What_another_kind_of_probe_would_read_is_legal_and_not_looked_at()
    {
        var result = Conf.Read(Conf.Minimal, "pools.app.health.type=tcp", "pools.app.health.path=", "pools.app.health.grpc-service=a b");

        Assert.Equal(Configs.TcpProbe, Conf.Legal(result).Pools[0].Health.Probe);
    }

    [Fact]
    public void An_http_probe_reads_every_option_of_its_own()
    {
        const string Health = "pools.app.health={ method = OPTIONS, path = \"*\", http-version = 1.0, host = shop, port = 8008, "
            + "expect-body = \"a b\", headers { X-A = 1, Authorization = \"Basic YTpi\" }, expected-status = [200, 204] }";

        var health = Conf.Legal(Conf.Read(Conf.Minimal, Health)).Pools[0].Health;

        Assert.Equal(8008, health.Port);
        Assert.Equal(new HttpProbeOptions
        {
            Method = "OPTIONS",
            Path = "*",
            HttpVersion = "1.0",
            Host = "shop",
            Headers = [new ProbeHeader("X-A", "1"), new ProbeHeader("Authorization", "Basic YTpi")],
            ExpectedStatus = [200, 204],
            ExpectBody = "a b",
        }, health.Probe);
    }

    [Theory]
    [InlineData("health.headers={ X.A = b }", "headers.X", "a name with a dot needs quotes")]
    [InlineData("health={ method = HEAD, expect-body = ready }", "expect-body", "an answer to HEAD has no body")]
    [InlineData("health={ type = redis, user = lb }", "user", "is set without a password")]
    [InlineData("health={ type = redis, role = slave }", "role", "one of any, master, replica")]
    [InlineData("health={ type = mysql, user = \"a b\" }", "user", "up to 63 ASCII characters without spaces")]
    [InlineData("health={ type = postgresql, database = \"a\\u0000b\" }", "database", "up to 63 ASCII characters without spaces")]
    public void A_bad_option_of_a_probe_is_a_line_with_its_key(string setting, string key, string expected)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, $"pools.app.{setting}"));

        Assert.Equal($"clusterlb.pools.app.health.{key}", problem.Key);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_to_expect_is_short()
    {
        var result = Conf.Read(Conf.Minimal, $"pools.app.health.expect-body={new string('x', 1_001)}");

        Assert.Equal("is longer than 1000 bytes; a few words of the body will do", Conf.Single(result).Message);
    }

    [Fact]
    public void A_grpc_probe_asks_for_a_service_that_can_be_one()
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal, "pools.app.health.type=grpc", "pools.app.health.grpc-service=a b"));

        Assert.Equal("clusterlb.pools.app.health.grpc-service", problem.Key);
        Assert.Contains("a service such as shop.Cart", problem.Message, StringComparison.Ordinal);
    }
}
