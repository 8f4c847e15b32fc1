using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Tests.Probing;

public sealed class MysqlProbeTests
{
    private const string Quit = "\u0001\0\0\0\u0001";

    private static readonly string s_greeting = Packet(0, Greeting("8.4.2"));
    private static readonly string s_ok = Packet(2, "\0\0\0\u0002\0\0\0");

    [Fact]
    public async Task It_logs_in_without_a_password_and_leaves_in_order()
    {
        foreach (var step in (int[])[1, 9, 1_000])
        {
            var (result, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Mysql with { User = "checker" }, s_greeting + s_ok,
                step);

            Assert.Equal((new CheckResult(true, "MySQL 8.4.2"), false), (result, transport.HungUp));
            var login = "\u0001\u0082\u0008\0\0\0\0\u0001\u0021" + new string('\0', 23) + "checker\0\0mysql_native_password\0";
            Assert.Equal(Packet(1, login) + Quit, transport.Said);
        }
    }

    [Fact]
    public async Task A_mariadb_is_told_by_its_own_version()
    {
        var greeting = Packet(0, Greeting("5.5.5-10.11.19-MariaDB"));

        var (result, _) = await ScriptedTransport.ProbeAsync(TestProbes.Mysql, greeting + s_ok, step: 1_000);

        Assert.Equal(new CheckResult(true, "MySQL 10.11.19-MariaDB"), result);
    }

    [Fact]
    public async Task A_server_without_kinds_of_login_is_asked_for_none()
    {
        var old = Packet(0, "\u000a5.1.73\0" + new string('\0', 13) + "\u00ff\u00f7\u0008\u0002\0" + new string('\0', 13));

        var (result, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Mysql, old + s_ok, step: 1_000);

        Assert.Equal(new CheckResult(true, "MySQL 5.1.73"), result);
        Assert.Equal(Packet(1, "\u0001\u0082\0\0\0\0\0\u0001\u0021" + new string('\0', 23) + "clusterlb\0\0") + Quit, transport.Said);
    }

    [Fact]
    public async Task Another_kind_of_login_is_answered_with_nothing_so_that_the_handshake_ends()
    {
        var other = Packet(2, "\u00fecaching_sha2_password\0" + "12345678901234567890\0");
        var more = Packet(4, "\u0001\u0004");
        var refused = Packet(6, Error(1045, "Access denied"));
        foreach (var step in (int[])[1, 9, 1_000])
        {
            var (result, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Mysql, s_greeting + other + more + refused, step);

            Assert.Equal(new CheckResult(true, "refuses the login 1045: Access denied"), result);
            Assert.EndsWith("\0" + Packet(3, "") + Packet(5, ""), transport.Said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1045, true)]
    [InlineData(1698, true)]
    [InlineData(3159, true)]
    [InlineData(1040, false)]
    [InlineData(1053, false)]
    [InlineData(1226, false)]
    public async Task An_error_passes_when_it_is_the_user_that_is_refused(int code, bool passes)
    {
        var (result, _) = await ScriptedTransport.ProbeAsync(TestProbes.Mysql, s_greeting + Packet(2, Error(code, "no way")), step: 9);

        Assert.Equal(new CheckResult(passes, $"{(passes ? "refuses the login" : "error")} {code}: no way"), result);
    }

    [Theory]
    [InlineData(1040, "Too many connections")]
    [InlineData(1129, "Host 'lb1' is blocked because of many connection errors")]
    [InlineData(1130, "Host 'lb1' is not allowed to connect to this MySQL server")]
    [InlineData(1045, "Access denied")]
    public async Task An_error_instead_of_a_greeting_is_a_failure(int code, string text)
    {
        foreach (var answer in (string[])[Packet(0, Error(code, text)), Packet(0, $"\u00ff{(char)(code & 255)}{(char)(code >> 8)}{text}")])
        {
            var (result, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Mysql, answer, step: 9);

            Assert.Equal((new CheckResult(false, $"error {code}: {text}"), ""), (result, transport.Said));
        }
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("\u00ff\u00ff\u00ff\0")]
    [InlineData("\u0001\0\0\0\u000a")]
    [InlineData("\u0001\0\0\0\u00ff")]
    [InlineData("\u0002\0\0\0\u000a8")]
    [InlineData("\u0005\0\0\0\u000a8.4\0")]
    [InlineData("\u0001\0\0\0\u0000")]
    [InlineData("\u0004\0\0\0\u0009a\0\0")]
    [InlineData("\u0004\0\0\0\u000a")]
    public async Task What_is_no_mysql_is_told_so(string answer)
    {
        foreach (var step in (int[])[100, 1_000])
        {
            var (result, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Mysql, answer, step);

            Assert.False(result.Passed);
            Assert.StartsWith("not MySQL: \"", result.Reason, StringComparison.Ordinal);
            Assert.Equal("", transport.Said);
        }
    }

    [Fact]
    public async Task Nobody_is_asked_for_logins_for_ever()
    {
        var rounds = string.Concat(Enumerable.Range(1, 50).Select(i => Packet((byte)(2 * i), "\u0001\u0004")));

        var (result, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Mysql, s_greeting + rounds, step: 1_000);

        Assert.StartsWith("not MySQL", result.Reason, StringComparison.Ordinal);
        Assert.InRange(transport.Said.Length, 50, 200);
    }

    private static string Greeting(string version) =>
        $"\u000a{version}\0" + "\u0007\0\0\0" + "12345678\0" + "\u00ff\u00ff\u0008\u0002\0\u00ff\u00df\u0015"
        + new string('\0', 10) + "123456789012\0caching_sha2_password\0";

    private static string Error(int code, string text) => $"\u00ff{(char)(code & 255)}{(char)(code >> 8)}#HY000{text}";

    private static string Packet(byte number, string content) => $"{(char)content.Length}\0\0{(char)number}{content}";
}
