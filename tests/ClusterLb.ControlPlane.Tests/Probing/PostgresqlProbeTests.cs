using System.Buffers.Binary;
using System.Text;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Tests.Probing;

public sealed class PostgresqlProbeTests
{
    private const string Terminate = "X\0\0\0\u0004";

    private static readonly string s_ok = Message('R', "\0\0\0\0");
    private static readonly string s_ready = Message('Z', "I");

    private static readonly PostgresqlProbeOptions s_named = TestProbes.Postgresql with { User = "checker", Database = "shop" };

    [Fact]
    public async Task It_begins_a_session_of_version_3_for_its_user()
    {
        var (_, transport) = await ScriptedTransport.ProbeAsync(s_named, s_ok + s_ready, step: 1_000);
        Assert.Equal("\0\0\0\u0024\0\u0003\0\0user\0checker\0database\0shop\0\0" + Terminate, transport.Said);

        (_, transport) = await ScriptedTransport.ProbeAsync(TestProbes.Postgresql, s_ok + s_ready, step: 1_000);
        Assert.Equal("\0\0\0\u0018\0\u0003\0\0user\0clusterlb\0\0" + Terminate, transport.Said);
    }

    [Fact]
    public async Task A_session_that_is_ready_passes_and_is_ended()
    {
        var answer = s_ok + Message('S', "server_version\0" + "17.0\0") + Message('N', "SNOTICE\0\0") + Message('K', "12345678") + s_ready;
        foreach (var step in (int[])[1, 6, 1_000])
        {
            var (result, transport) = await ScriptedTransport.ProbeAsync(s_named, answer, step);

            Assert.Equal((new CheckResult(true, "ready"), false), (result, transport.HungUp));
            Assert.EndsWith(Terminate, transport.Said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\0\0\0\u0003")]
    [InlineData("\0\0\0\u0005salt")]
    [InlineData("\0\0\0\u000aSCRAM-SHA-256\0\0")]
    public async Task Who_asks_for_a_password_is_well_and_is_left_without_a_word(string kind)
    {
        foreach (var step in (int[])[1, 1_000])
        {
            var (result, transport) = await ScriptedTransport.ProbeAsync(s_named, Message('R', kind), step);

            Assert.Equal((new CheckResult(true, "asks for a login"), true), (result, transport.HungUp));
            Assert.DoesNotContain(Terminate, transport.Said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("28000", true)]
    [InlineData("28P01", true)]
    [InlineData("57P03", false)]
    [InlineData("57P01", false)]
    [InlineData("53300", false)]
    [InlineData("3D000", false)]
    [InlineData("08P01", false)]
    [InlineData("XX000", false)]
    public async Task An_error_passes_when_it_is_the_user_that_is_refused(string code, bool passes)
    {
        var error = Error(code, "no way");
        var reason = $"{(passes ? "refuses the login" : "error")} {code}: no way";
        foreach (var step in (int[])[1, 6, 1_000])
        {
            Assert.Equal(new CheckResult(passes, reason), (await ScriptedTransport.ProbeAsync(s_named, error, step)).Result);
            Assert.Equal(new CheckResult(passes, reason), (await ScriptedTransport.ProbeAsync(s_named, s_ok + error, step)).Result);
        }
    }

    [Fact]
    public async Task A_database_that_nobody_configured_need_not_exist()
    {
        var options = TestProbes.Postgresql with { User = "checker" };

        var (result, _) = await ScriptedTransport.ProbeAsync(options, s_ok + Error("3D000", "database \"checker\" does not exist"), 9);

        Assert.Equal(new CheckResult(true, "refuses the login 3D000: database \"checker\" does not exist"), result);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "not PostgreSQL: \"HTTP/1.1 400 Bad Request\"")]
    [InlineData("E\u007f\u00ff\u00ff\u00ff", "not PostgreSQL: \"E")]
    [InlineData("R\0\0\0\0", "not PostgreSQL: \"R")]
    [InlineData("R\0\0\0\u0006ab", "not PostgreSQL: \"R")]
    [InlineData("EFATAL:  could not fork new process\n\0", "not PostgreSQL: \"EFATAL:  could not fork new process")]
    [InlineData("\0\0\0\0\0\0\0\0", "not PostgreSQL: \"\\u0000")]
    [InlineData("Z\0\0\0\u0005I", "not PostgreSQL: \"Z")]
    [InlineData("R\0", "not PostgreSQL: \"R")]
    [InlineData("E\0\0\0\u0008SFAT", "error : ")]
    [InlineData("E\0\0\0\u0004", "error : ")]
    [InlineData("", "closed without an answer")]
    public async Task What_is_no_postgresql_is_told_so(string answer, string reason)
    {
        foreach (var step in (int[])[100, 1_000])
        {
            var (result, _) = await ScriptedTransport.ProbeAsync(s_named, answer, step);

            Assert.False(result.Passed);
            Assert.StartsWith(reason, result.Reason, StringComparison.Ordinal);
        }
    }

    private static string Error(string code, string text) => Message('E', $"SFATAL\0VFATAL\0C{code}\0M{text}\0\0");

    private static string Message(char type, string body)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length + 4);
        return type + Encoding.Latin1.GetString(length) + body;
    }
}
