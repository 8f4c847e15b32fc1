using System.Globalization;
using System.Text.RegularExpressions;
using ClusterLb.Core.Configuration;
using ClusterLb.Redis.Tests.Servers;
using ClusterLb.Testing;
using static ClusterLb.Redis.Tests.TestStores;

namespace ClusterLb.Redis.Tests;

public sealed class AccessTests
{
    /// <summary>All that a user of ours needs.</summary>
    private static readonly string[] s_rights = ["~clusterlb:*", "+set", "+get", "+eval", "+evalsha", "+ping", "+echo", "+info"];

    [Fact]
    public async Task The_password_of_the_default_user_lets_in()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "secret");

        await IsUsableAsync(server.Config with { Password = "secret" });
    }

    [Fact]
    public async Task A_user_with_few_rights_is_enough()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CliAsync(["ACL", "SETUSER", "lb", "on", ">secret", .. s_rights]);
        await server.CliAsync("ACL", "SETUSER", "default", "off");

        await IsUsableAsync(server.Config with { User = "lb", Password = "secret" });
    }

    [Fact]
    public async Task A_wrong_password_is_said_and_costs_nobody_time()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "secret");
        var log = new RecordedLog();
        await using var store = Create(server.Config with { Password = "wrong" }, log);

        await Eventually.Is(() => log.Says("Warning 201"));
        Assert.False(store.IsUp);
        Assert.Null(await store.ClaimAsync(Bind(1, 7), Patient));
        Assert.True(log.Says("Verify if the Redis password provided is correct"), string.Join('\n', log.Lines));
    }

    [Fact]
    public async Task A_user_that_Redis_does_not_know_is_refused_although_the_default_one_needs_no_password()
    {
        await using var server = await RedisServer.StartAsync();
        var log = new RecordedLog();
        await using var store = Create(server.Config with { User = "joe", Password = "x" }, log);

        await Eventually.Is(() => log.Says("the login of user joe was refused"));
        Assert.False(store.IsUp);
        Assert.Equal("0", await server.CliAsync("DBSIZE"));
        await server.CliAsync("ACL", "SETUSER", "joe", "on", ">x", "~*", "+@all");
        await server.CliAsync("CLIENT", "KILL", "TYPE", "normal");
        await Eventually.Is(() => store.IsUp);
    }

    [Fact]
    public async Task A_user_that_is_deleted_while_Redis_is_in_use_is_refused_from_then_on()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CliAsync(["ACL", "SETUSER", "lb", "on", ">secret", .. s_rights, "+acl|whoami"]);
        var log = new RecordedLog();
        await using var store = Create(server.Config with { User = "lb", Password = "secret" }, log);
        await Eventually.Is(() => store.IsUp);

        await server.CliAsync("ACL", "DELUSER", "lb");

        await Eventually.Is(() => log.Says("Warning 201"));
        await server.CliAsync("CONFIG", "RESETSTAT");
        // Two looks of a client that is connected again, as the user that needs no password.
        await Eventually.Is(async () => LooksIn(await server.CliAsync("INFO", "commandstats")) >= 2);
        Assert.False(store.IsUp);
    }

    [Fact]
    public async Task Another_database_is_another_world()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server.Config with { Database = 5 });
        await store.ClaimedAsync(Bind(1, 7));

        Assert.Equal("2", await server.CliAsync("-n", "5", "DBSIZE"));
        Assert.Equal("0", await server.CliAsync("DBSIZE"));
    }

    [Fact]
    public async Task TLS_with_an_authority_of_our_own()
    {
        using var certificates = new RedisCertificates();
        var (server, config) = await StartTlsAsync(certificates);
        await using var _ = server;

        await IsUsableAsync(config with { Ca = certificates.Authority });
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_ours()
    {
        using var certificates = new RedisCertificates();
        using var others = new RedisCertificates();
        var (server, config) = await StartTlsAsync(certificates);
        await using var _ = server;

        await IsRefusedAsync(config with { Ca = others.Authority });
        await IsRefusedAsync(config);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_not_ours()
    {
        using var certificates = new RedisCertificates("127.0.0.2");
        var (server, config) = await StartTlsAsync(certificates);
        await using var _ = server;

        await IsRefusedAsync(config with { Ca = certificates.Authority });
    }

    [Fact]
    public async Task An_authority_that_cannot_be_read_is_said()
    {
        var log = new RecordedLog();
        await using var store = Create(Configs.Redis with { Tls = true, Ca = "/none.pem" }, log);

        await Eventually.Is(() => log.Says("/none.pem"));
        Assert.False(store.IsUp);
    }

    private static async Task<(RedisServer Server, RedisConfig Config)> StartTlsAsync(RedisCertificates certificates)
    {
        var port = FreePorts.Next().ToString(CultureInfo.InvariantCulture);
        var server = await RedisServer.StartAsync(
            "--tls-port", port, "--tls-cert-file", certificates.Server, "--tls-key-file", certificates.Key,
            "--tls-ca-cert-file", certificates.Authority, "--tls-auth-clients", "no");
        return (server, server.Config with { Endpoints = [$"127.0.0.1:{port}"], Tls = true });
    }

    private static async Task IsUsableAsync(RedisConfig config)
    {
        await using var store = await ConnectAsync(config);
        var claim = Bind(1, 7);

        Assert.Equal(claim, await store.ClaimedAsync(claim));
        store.Put(claim with { Version = 1 });
        await store.HoldsAsync(claim with { Version = 1 });
        await store.KeptAsync("admin", [1]);
        Assert.Equal([1], await store.ReadUntilAnsweredAsync("admin"));
        Assert.Equal(0, store.Read().Failures);
    }

    private static int LooksIn(string commandstats) =>
        int.TryParse(Regex.Match(commandstats, @"cmdstat_acl\|whoami:calls=(\d+)").Groups[1].ValueSpan, CultureInfo.InvariantCulture,
            out var calls) ? calls : 0;

    private static async Task IsRefusedAsync(RedisConfig config)
    {
        var log = new RecordedLog();
        await using var store = Create(config, log);

        await Eventually.Is(() => log.Says("Warning 201"));
        Assert.False(store.IsUp);
        Assert.False(await store.WriteAsync("admin", [1]));
    }
}
