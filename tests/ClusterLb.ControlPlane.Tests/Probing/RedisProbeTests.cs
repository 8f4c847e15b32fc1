using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Tests.Probing;

public sealed class RedisProbeTests
{
    private const string Ping = "*1\r\n$4\r\nPING\r\n";
    private const string Role = "*1\r\n$4\r\nROLE\r\n";

    private const string Master = "*3\r\n$6\r\nmaster\r\n:3129659\r\n*1\r\n*3\r\n$9\r\n127.0.0.1\r\n$4\r\n9001\r\n$7\r\n3129242\r\n";
    private const string Replica = "*5\r\n$5\r\nslave\r\n$9\r\n127.0.0.1\r\n:9000\r\n$9\r\nconnected\r\n:3167038\r\n";

    private static readonly RedisProbeOptions s_login = TestProbes.Redis with { User = "lb", Password = "s\r\n" };

    [Theory]
    [InlineData("+PONG\r\n", true, "PONG")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", false, "PING: LOADING Redis is loading the dataset in memory")]
    [InlineData("-MASTERDOWN Link with MASTER is down\r\n", false, "PING: MASTERDOWN Link with MASTER is down")]
    [InlineData("-NOAUTH Authentication required.\r\n", false, "PING: NOAUTH Authentication required.")]
    [InlineData("-ERR max number of clients reached\r\n", false, "PING: ERR max number of clients reached")]
    [InlineData("-\u001b[2J\r\n", false, "PING: \\u001b[2J")]
    [InlineData("+PING\r\n", false, "PING: \"PING\", expected PONG")]
    [InlineData(":1\r\n", false, "PING: \"1\", expected PONG")]
    [InlineData("$-1\r\n", false, "PING: \"\", expected PONG")]
    [InlineData("*-1\r\n", false, "PING: \"\", expected PONG")]
    [InlineData("", false, "closed without an answer")]
    [InlineData("+PON", false, "closed without an answer")]
    public async Task It_goes_by_the_answer_to_ping(string answer, bool passes, string reason)
    {
        foreach (var step in (int[])[1, 5, 1_000])
        {
            var (result, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Redis, answer, step);

            Assert.Equal((new CheckResult(passes, reason), Ping), (result, transport.Said));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$2147483648\r\n")]
    [InlineData("$99999999\r\n")]
    [InlineData("*1000000000\r\n")]
    [InlineData("*2\r\nx\r\n")]
    [InlineData("\0\0\0\0")]
    public async Task What_is_no_redis_is_told_so(string answer)
    {
        foreach (var step in (int[])[1, 1_000])
        {
            var (result, _) = await ScriptedTransport.ProbeAsync(TestProbes.Redis, answer, step);

            Assert.False(result.Passed);
            Assert.StartsWith("not Redis: \"", result.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Arrays_in_arrays_fill_no_stack()
    {
        var nested = string.Concat(Enumerable.Repeat("*1\r\n", 4_000));

        var (result, _) = await ScriptedTransport.ProbeAsync(TestProbes.Redis, nested + ":1\r\n", step: 100_000);

        Assert.Equal(new CheckResult(false, "PING: \"1\", expected PONG"), result);
    }

    [Theory]
    [InlineData(RedisRole.Master, Master, true, "role master")]
    [InlineData(RedisRole.Master, Replica, false, "role replica, expected master")]
    [InlineData(RedisRole.Replica, Replica, true, "role replica")]
    [InlineData(RedisRole.Replica, Master, false, "role master, expected replica")]
    [InlineData(RedisRole.Master, "*2\r\n$8\r\nsentinel\r\n*0\r\n", false, "role sentinel, expected master")]
    [InlineData(RedisRole.Master, "-NOPERM this user has no permissions\r\n", false, "ROLE: NOPERM this user has no permissions")]
    public async Task A_role_can_be_asked_for(RedisRole role, string answer, bool passes, string reason)
    {
        foreach (var step in (int[])[1, 5, 1_000])
        {
            var (result, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Redis with { Role = role }, "+PONG\r\n" + answer, step);

            Assert.Equal((new CheckResult(passes, reason), Ping + Role), (result, transport.Said));
        }
    }

    [Fact]
    public async Task It_logs_in_first()
    {
        var (result, transport) = await ScriptedTransport.ProbeAsync(s_login, "+OK\r\n+PONG\r\n", step: 3);

        Assert.Equal(new CheckResult(true, "PONG"), result);
        Assert.Equal("*3\r\n$4\r\nAUTH\r\n$2\r\nlb\r\n$3\r\ns\r\n\r\n" + Ping, transport.Said);
        (_, transport) = await ScriptedTransport.ProbeAsync(s_login with { User = "" }, "+OK\r\n+PONG\r\n", step: 3);
        Assert.StartsWith("*2\r\n$4\r\nAUTH\r\n$3\r\ns\r\n\r\n", transport.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_error_is_the_reason()
    {
        const string Answer = "-WRONGPASS invalid username-password pair\r\n-NOAUTH Authentication required.\r\n";

        var (result, transport) = await ScriptedTransport.ProbeAsync(s_login, Answer, step: 1_000);

        Assert.Equal((new CheckResult(false, "AUTH: WRONGPASS invalid username-password pair"), true), (result, transport.HungUp));
    }
}
