using System.Net.Http.Headers;
using ClusterLb.Node.Tests.Cluster;
using ClusterLb.Node.Tests.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>A node as a process with secrets, seen by whoever lists processes, reads logs, or asks it.</summary>
public sealed class SecretProcessTests
{
    private const string Token = "correct-horse-battery";
    private const string ReadToken = "only-looks-at-things";
    private const string CookieSecret = "cookie-secret-of-many-letters";

    [Fact]
    public async Task No_secret_is_in_the_list_of_processes_in_a_log_or_in_an_answer()
    {
        await using var backend = RawBackend.Start();
        using var folder = new ConfFolder(("token", Token + "\n"), ("lb.conf", $$"""
            clusterlb.node { admin { token-file = token, read-token = {{ReadToken}} }, log.level = debug }
            clusterlb.sticky.keys = [{ id = k1, secret = {{CookieSecret}} }]
            """));
        int[] ports = [FreePorts.Next(), FreePorts.Next()];
        using var node = NodeProcess.Run(
            ["--config", folder.PathOf("lb.conf"), .. NodeProcess.Settings(ports[0], ports[1], backend.EndPoint)]);
        await Eventually.Is(() => node.Errors.Contains(" serves with ", StringComparison.Ordinal));
        var url = $"http://127.0.0.1:{ports[1]}";
        using var status = NodeProcess.Start("status", "--json", "--admin", url, "--token-file", folder.PathOf("token"));
        Assert.Equal(0, await status.ExitCodeAsync());
        using var refused = NodeProcess.Start("status", "--admin", url);
        Assert.Equal(2, await refused.ExitCodeAsync());
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        var answers = new List<string>();
        foreach (var path in new[] { "/", "/metrics", "/readyz", "/nowhere", "/api/v1/status", "/api/v1/events", "/api/v1/openapi.json" })
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        // What has ended has no command line.
        var commandLine = await File.ReadAllTextAsync($"/proc/{node.Pid}/cmdline");
        node.Terminate();
        Assert.Equal(0, await node.ExitCodeAsync());

        Assert.Contains("\"nodes\"", status.Output, StringComparison.Ordinal);
        Assert.Contains("lb.conf", commandLine, StringComparison.Ordinal);
        foreach (var secret in new[] { Token, ReadToken, CookieSecret })
        {
            Assert.All([commandLine, node.Errors, node.Output, status.Output, status.Errors, refused.Errors, .. answers],
                text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_admin_port_speaks_TLS_and_a_command_believes_only_the_authority_it_is_given()
    {
        await using var backend = RawBackend.Start();
        using var certificates = await Certificates.MakeAsync("localhost");
        int[] ports = [FreePorts.Next(), FreePorts.Next(), FreePorts.Next()];
        using var node = NodeProcess.Run(
        [
            .. NodeProcess.Settings(ports[0], ports[1], backend.EndPoint), "--set", $"node.health-bind=127.0.0.1:{ports[2]}",
            "--set", $"node.admin.tls.certificate={certificates.FileOf("localhost.pem")}",
            "--set", $"node.admin.tls.key={certificates.FileOf("localhost.key")}",
        ]);
        await Eventually.Is(() => node.Errors.Contains(" serves with ", StringComparison.Ordinal));
        var url = $"https://localhost:{ports[1]}";

        using var trusted = NodeProcess.Start("status", "--admin", url, "--cacert", certificates.FileOf("ca.pem"));
        Assert.True(await trusted.ExitCodeAsync() == 0, trusted.Errors);
        using var untrusted = NodeProcess.Start("status", "--admin", url);
        Assert.Equal(2, await untrusted.ExitCodeAsync());
        Assert.StartsWith($"the certificate of {url}/ is not trusted; give the PEM file of its authority with --cacert", untrusted.Errors,
            StringComparison.Ordinal);
        using var plain = NodeProcess.Start("status", "--admin", $"http://127.0.0.1:{ports[1]}");
        Assert.Equal(2, await plain.ExitCodeAsync());
        using var http = new HttpClient();
        Assert.Equal("alive\n", await http.GetStringAsync(new Uri($"http://127.0.0.1:{ports[2]}/livez")));
        using var overPlain = NodeProcess.Start("status", "--admin", $"https://localhost:{ports[2]}");
        Assert.Equal(2, await overPlain.ExitCodeAsync());
        Assert.Contains("does not speak TLS", overPlain.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_health_port_in_use_is_one_clear_line_and_exit_code_1()
    {
        await using var backend = RawBackend.Start();
        using var node = NodeProcess.Run([.. NodeProcess.Settings(FreePorts.Next(), FreePorts.Next(), backend.EndPoint),
            "--set", $"node.health-bind=127.0.0.1:{backend.EndPoint.Port}"]);

        Assert.Equal(1, await node.ExitCodeAsync());
        Assert.Contains($"health port cannot bind 127.0.0.1:{backend.EndPoint.Port}: the address is in use by another process", node.Errors,
            StringComparison.Ordinal);
        Assert.DoesNotContain("AdminBindException", node.Errors, StringComparison.Ordinal);
    }
}
