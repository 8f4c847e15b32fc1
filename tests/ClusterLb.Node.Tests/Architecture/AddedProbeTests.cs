using System.Net;
using System.Text;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Node.Tests.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Architecture;

/// <summary>What somebody needs who adds a probe: the classes below and a registration. Nothing in src knows it.</summary>
public class AddedProbeTests
{
    private static readonly ProbeRegistry s_probes = ProbeRegistry.Default.With(new EchoProbe());
    private static readonly IPEndPoint s_one = new(IPAddress.Loopback, 1);
    private static readonly IPEndPoint s_other = new(IPAddress.Loopback, 2);

    [Fact]
    public async Task A_probe_of_one_file_reads_its_options_and_checks_backends()
    {
        await using var well = RawBackend.Start(request => Reply.Ok(request.Value("X-Word") ?? ""));
        await using var ill = RawBackend.Start(_ => Reply.Ok("nobody") with { Close = true });
        var pool = Conf.Legal(Read(well.EndPoint, ill.EndPoint)).Pools[0];
        Assert.Equal(new EchoProbeOptions { Word = "tiger" }, pool.Health.Probe);
        await using var admin = await TestAdmin.StartAsync(pool, Policies.Default, s_probes);

        await admin.EventuallyAsync("/api/v1/pools/app/backends/ill", backend => backend.GetProperty("state").GetString() == "down");
        await admin.EventuallyAsync("/api/v1/pools/app/backends/well", backend => backend.GetProperty("state").GetString() == "up");
        var answer = await admin.GetAsync("/api/v1/pools/app/backends/ill");
        Assert.Contains("no echo of tiger", answer.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_options_are_judged_by_itself() =>
        Assert.Equal("is \"two words\"; it must be one word", Conf.Single(Read(s_one, s_other, "pools.app.health.word=two words")).Message);

    [Fact]
    public void It_is_among_those_that_a_mistake_is_answered_with()
    {
        var problem = Conf.Single(Read(s_one, s_other, "pools.app.health.type=ecco"));

        Assert.Contains("one of http, tcp, grpc, postgresql, mysql, redis, echo, none", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_options_are_known_to_pools_that_are_checked_otherwise() =>
        Assert.Equal(Configs.TcpProbe, Conf.Legal(Read(s_one, s_other, "pools.app.health.type=tcp")).Pools[0].Health.Probe);

    private static ConfigurationResult Read(IPEndPoint well, IPEndPoint ill, params string[] settings)
    {
        using var file = new ConfFile($$"""
            clusterlb {
              listeners.web { bind = "127.0.0.1:8080", pool = app }
              pools.app {
                backends { well.address = "{{well}}", ill.address = "{{ill}}" }
                health { type = echo, word = tiger, interval = 100ms, unhealthy-threshold = 1 }
              }
            }
            """);
        var sources = new ConfigurationSources([file.Path], settings, new Dictionary<string, string>());
        return ConfigurationReader.Read(sources, Policies.Default, s_probes);
    }

    private sealed record EchoProbeOptions() : ProbeOptions("echo", TellsFrozen: true)
    {
        public required string Word { get; init; }
    }

    /// <summary>Passes when a word comes back.</summary>
    private sealed class EchoProbe : IProbe
    {
        public string Type => "echo";

        public ProbeOptions Read(IConfigurationBlock health)
        {
            var options = new EchoProbeOptions { Word = health.Text("word") };
            if (options.Word.Contains(' ', StringComparison.Ordinal)) health.Report("word", $"is \"{options.Word}\"; it must be one word");
            return options;
        }

        public Task<CheckResult?> ProbeAsync(
            ProbePorts ports, ProbeTarget target, HealthConfig config, CancellationToken cancellation) =>
            ports.AskAsync(target, new EchoTalk(((EchoProbeOptions)config.Probe!).Word), config);
    }

    private sealed class EchoTalk(string word) : IProbeTalk
    {
        public ReadOnlyMemory<byte> Opening { get; } =
            Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\nX-Word: {word}\r\nConnection: close\r\n\r\n");

        public ProbeTurn Hear(ReadOnlySpan<byte> received, bool isLast) => received.EndsWith(Encoding.ASCII.GetBytes(word))
            ? ProbeTurn.Done(true, "echo")
            : isLast ? ProbeTurn.Done(false, $"no echo of {word}") : ProbeTurn.More();
    }
}
