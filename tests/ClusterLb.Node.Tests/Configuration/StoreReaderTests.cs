using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

public sealed class StoreReaderTests
{
    [Fact]
    public void Redis_behind_Sentinels_with_TLS_and_a_user_is_read()
    {
        using var ca = new TemporaryFile();
        var store = Conf.Legal(Conf.Read(
            Conf.Minimal, "store.type=redis", "store.redis.endpoints=[\"s1:26379\", \"s2:26379\"]", "store.redis.service-name=main",
                "store.redis.user=lb",
            "store.redis.password=secret", "store.redis.tls=true", $"store.redis.ca={ca.Path}")).Store;

        Assert.Equal(StoreType.Redis, store.Type);
        Assert.Equal(["s1:26379", "s2:26379"], store.Redis.Endpoints);
        Assert.Equal(("main", "lb", "secret", true, ca.Path),
            (store.Redis.ServiceName, store.Redis.User, store.Redis.Password, store.Redis.Tls, store.Redis.Ca));
    }

    [Theory]
    [InlineData("store.type=etcd", "one of embedded, redis")]
    [InlineData("store.redis.endpoints=[nowhere]", "must be HOST:PORT")]
    [InlineData("store.redis.database=16", "from 0 to 15")]
    [InlineData("store.redis.prefix=\"{lb}\"", "without braces")]
    [InlineData("store.redis.ca=/nowhere.pem", "is no file")]
    public void What_cannot_be_right_is_said_with_what_would_be(string given, string part) =>
        Assert.Contains(Conf.Read(Conf.Minimal, given).Problems, problem => problem.ToString().Contains(part, StringComparison.Ordinal));

    [Fact]
    public void A_user_may_be_in_a_file_like_its_password()
    {
        using var user = new TemporaryFile();
        File.WriteAllText(user.Path, "lb\n");

        var redis = Conf.Legal(Conf.Read(Conf.Minimal, $"store.redis.user-file={user.Path}")).Store.Redis;
        Assert.Equal(("lb", user.Path), (redis.User, redis.UserFile));

        var both = Conf.Single(Conf.Read(Conf.Minimal, "store.redis.user=lb", $"store.redis.user-file={user.Path}"));
        Assert.Equal("clusterlb.store.redis.user-file", both.Key);
        Assert.Contains("is given beside user", both.Message, StringComparison.Ordinal);
        Assert.Contains("there is no such file",
            Conf.Single(Conf.Read(Conf.Minimal, "store.redis.user-file=/nowhere")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_needs_an_endpoint() =>
        Assert.Contains(Conf.Read(Conf.Minimal, "store.type=redis", "store.redis.endpoints=[]").Problems,
            problem => problem.ToString().Contains("at least one HOST:PORT", StringComparison.Ordinal));

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
