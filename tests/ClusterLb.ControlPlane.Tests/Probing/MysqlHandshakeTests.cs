using System.Net.Sockets;
using System.Text;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Probing;

/// <summary>
/// The check of a MySQL 8 over real sockets, with a server that sends what the MySQL Source Code Documentation says byte for byte
/// ("Protocol::HandshakeV10", "Protocol::AuthSwitchRequest", "ERR_Packet", "OK_Packet") and reads as it does
/// ("Protocol::HandshakeResponse41").
/// </summary>
public sealed class MysqlHandshakeTests : IAsyncLifetime
{
    private const uint Protocol41 = 1 << 9;
    private const uint SecureConnection = 1 << 15;
    private const uint PluginAuth = 1 << 19;

    private static readonly HealthConfig s_mysql = Configs.Pool.Health with
    {
        Probe = TestProbes.Mysql with { User = "checker" },
        Timeout = TimeSpan.FromSeconds(10),
    };

    private readonly TestDataPlane _dataPlane = TestDataPlane.Start(Configs.Listener, Configs.Pool);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _dataPlane.DisposeAsync();

    [Theory]
    [InlineData("8.0.36", 1)]
    [InlineData("8.0.36", 2)]
    [InlineData("8.4.3", 78)]
    [InlineData("9.1.0-commercial", 3)]
    public async Task A_user_without_a_password_is_let_in_whatever_pieces_the_greeting_comes_in(string version, int pieces)
    {
        var heard = new List<byte[]>();
        await using var server = ScriptedServer.Start(async (stream, stopping) =>
        {
            await SendAsync(stream, Packet(0, Greeting(version)), pieces, stopping);
            heard.Add(await ReadAsync(stream, stopping));
            await SendAsync(stream, Packet(2, SwitchTo("caching_sha2_password")), 2, stopping);
            heard.Add(await ReadAsync(stream, stopping));
            await SendAsync(stream, Packet(4, [0x00, 0, 0, 0x02, 0x00, 0, 0]), 1, stopping);
            heard.Add(await ReadAsync(stream, stopping));
            stream.Socket.Shutdown(SocketShutdown.Send);
            heard.Add(await ReadAsync(stream, stopping));
        });

        Assert.Equal(new CheckResult(true, $"MySQL {version}"), await ProbeAsync(server));

        await Eventually.Is(() => heard.Count == 4);
        AssertLogin(heard[0], "checker");
        // No password, a COM_QUIT that begins anew at 0, and the end.
        Assert.Equal((byte[])[0, 0, 0, 3], heard[1]);
        Assert.Equal((byte[])[1, 0, 0, 0, 1], heard[2]);
        Assert.Empty(heard[3]);
    }

    [Fact]
    public async Task A_user_that_is_refused_ended_its_handshake_in_order_and_the_server_is_well()
    {
        await using var server = ScriptedServer.Start(async (stream, stopping) =>
        {
            await SendAsync(stream, Packet(0, Greeting("8.0.36")), 2, stopping);
            AssertLogin(await ReadAsync(stream, stopping), "checker");
            await SendAsync(stream, Packet(2, SwitchTo("caching_sha2_password")), 1, stopping);
            Assert.Equal((byte[])[0, 0, 0, 3], await ReadAsync(stream, stopping));
            await SendAsync(stream, Packet(4, Refusal(1045, "28000", "Access denied for user 'checker'@'lb1' (using password: NO)")), 1,
                stopping);
        });

        Assert.Equal(new CheckResult(true, "refuses the login 1045: Access denied for user 'checker'@'lb1' (using password: NO)"),
            await ProbeAsync(server));
    }

    [Theory]
    [InlineData(1040, "08004", "Too many connections", 1)]
    [InlineData(1040, "", "Too many connections", 2)]
    [InlineData(1129, "HY000", "Host 'lb1' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'", 1)]
    [InlineData(1129, "", "Host 'lb1' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'", 2)]
    public async Task An_error_in_place_of_the_greeting_fails_with_its_text(int code, string state, string text, int pieces)
    {
        var heard = new List<byte[]>();
        await using var server = ScriptedServer.Start(async (stream, stopping) =>
        {
            await SendAsync(stream, Packet(0, Refusal(code, state, text)), pieces, stopping);
            stream.Socket.Shutdown(SocketShutdown.Send);
            heard.Add(await ReadAsync(stream, stopping));
        });

        Assert.Equal(new CheckResult(false, $"error {code}: {text}"), await ProbeAsync(server));

        await Eventually.Is(() => heard.Count == 1);
        Assert.Empty(heard[0]);
    }

    [Fact]
    public async Task A_greeting_that_stops_in_the_middle_is_no_server()
    {
        await using var silent = ScriptedServer.Start(async (stream, stopping) =>
        {
            await stream.WriteAsync(Packet(0, Greeting("8.0.36")).AsMemory(0, 40), stopping);
            await Task.Delay(Timeout.InfiniteTimeSpan, stopping);
        });
        await using var closing = ScriptedServer.Once(Packet(0, Greeting("8.0.36"))[..40]);

        Assert.Equal(new CheckResult(false, "timed out after 1s"),
            await ProbeAsync(silent, s_mysql with { Timeout = TimeSpan.FromSeconds(1) }));
        Assert.StartsWith("not MySQL", (await ProbeAsync(closing))!.Value.Reason, StringComparison.Ordinal);
    }

    private static byte[] Greeting(string version) =>
    [
        10, .. Encoding.ASCII.GetBytes(version), 0,
        .. BitConverter.GetBytes(4_242), // thread id
        .. "abcdefgh"u8, 0, // the first 8 bytes of the scramble, and the filler
        0xff, 0xff, // what the server can do: the lower half
        0xff, // utf8mb4_0900_ai_ci
        0x02, 0x00, // autocommit
        0xff, 0xdf, // what the server can do: the upper half
        21, // length of the whole scramble
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        .. "ijklmnopqrst"u8, 0, // its rest: 13 bytes, with the zero at its end
        .. "caching_sha2_password"u8, 0,
    ];

    private static byte[] SwitchTo(string plugin) => [0xfe, .. Encoding.ASCII.GetBytes(plugin), 0, .. "abcdefghijklmnopqrst"u8, 0];

    /// <param name="state">Empty: left out, as in errors before the server knows what the client can do.</param>
    private static byte[] Refusal(int code, string state, string text) =>
        [0xff, (byte)code, (byte)(code >> 8), .. Encoding.ASCII.GetBytes(state.Length > 0 ? $"#{state}{text}" : text)];

    private static byte[] Packet(byte number, byte[] content) =>
        [(byte)content.Length, (byte)(content.Length >> 8), (byte)(content.Length >> 16), number, .. content];

    /// <summary>Field by field, to its last byte.</summary>
    private static void AssertLogin(byte[] packet, string user)
    {
        Assert.Equal((packet.Length - 4, 1), (packet[0] | (packet[1] << 8) | (packet[2] << 16), packet[3]));
        var login = packet.AsSpan(4);
        var capabilities = BitConverter.ToUInt32(login);
        Assert.Equal(Protocol41 | SecureConnection | PluginAuth, capabilities & (Protocol41 | SecureConnection | PluginAuth));
        Assert.InRange(BitConverter.ToUInt32(login[4..]), 1u << 14, 1u << 30);
        Assert.True(login.Slice(9, 23).IndexOfAnyExcept((byte)0) < 0);
        var rest = login[32..];
        Assert.Equal(user, Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]));
        rest = rest[(user.Length + 1)..];
        // The length of no password, then the kind of login, and nothing behind it.
        Assert.Equal(0, rest[0]);
        Assert.Equal(rest.Length - 2, rest[1..].IndexOf((byte)0));
    }

    /// <summary>In so many segments: each is sent alone, and the next one after a while.</summary>
    private static async Task SendAsync(NetworkStream stream, byte[] bytes, int pieces, CancellationToken stopping)
    {
        stream.Socket.NoDelay = true;
        foreach (var piece in bytes.Chunk((bytes.Length + pieces - 1) / pieces))
        {
            await stream.WriteAsync(piece, stopping);
            if (pieces > 1) await Task.Delay(pieces > 10 ? 2 : 50, stopping);
        }
    }

    /// <returns>One packet; empty at the end of the connection.</returns>
    private static async Task<byte[]> ReadAsync(NetworkStream stream, CancellationToken stopping)
    {
        var head = new byte[4];
        if (await stream.ReadAtLeastAsync(head, 4, throwOnEndOfStream: false, stopping) < 4) return [];
        var content = new byte[head[0] | (head[1] << 8) | (head[2] << 16)];
        await stream.ReadExactlyAsync(content, stopping);
        return [.. head, .. content];
    }

    private Task<CheckResult?> ProbeAsync(ScriptedServer server) => ProbeAsync(server, s_mysql);

    private Task<CheckResult?> ProbeAsync(ScriptedServer server, HealthConfig config) =>
        new ConfiguredCheck(ProbeRegistry.Default, new ProbePorts(_dataPlane.Probes, TimeProvider.System))
            .ProbeAsync(new Backend("app", "b1", server.EndPoint, 0, 1, 0), config, CancellationToken.None);
}
