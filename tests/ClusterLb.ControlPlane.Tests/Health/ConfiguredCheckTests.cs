using System.Net;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Health;

/// <summary>A backend whose name has two addresses is asked at the one that answers.</summary>
public sealed class ConfiguredCheckTests
{
    private static readonly IPEndPoint s_first = new(IPAddress.Parse("10.0.0.1"), 80);
    private static readonly IPEndPoint s_second = new(IPAddress.Parse("2001:db8::1"), 80);
    private static readonly HealthConfig s_health = Configs.Pool.Health with { Probe = Configs.TcpProbe };

    private readonly Network _network = new();
    private readonly Backend _backend = new("app", "b1", s_first, 0, 1, 0)
    {
        Address = "app.example.org:80",
        Addresses = [s_first, s_second],
    };

    [Theory]
    [InlineData(ProbeEnd.Refused)]
    [InlineData(ProbeEnd.Unreachable)]
    public async Task Where_one_address_cannot_be_connected_to_the_next_is_asked_and_then_comes_first(ProbeEnd end)
    {
        _network.Ends[s_first] = end;

        Assert.True((await AskAsync(s_health))!.Value.Passed);
        Assert.Equal([s_first, s_second], _network.Asked);
        Assert.Equal(s_second, _backend.AddressAt(0));

        Assert.True((await AskAsync(s_health))!.Value.Passed);
        Assert.Equal([s_first, s_second, s_second], _network.Asked);
    }

    [Fact]
    public async Task It_fails_when_no_address_can_be_connected_to()
    {
        _network.Ends[s_first] = ProbeEnd.Unreachable;
        _network.Ends[s_second] = ProbeEnd.Refused;

        Assert.Equal(new CheckResult(false, "connect refused"), await AskAsync(s_health));
        Assert.Equal([s_first, s_second], _network.Asked);
        Assert.Equal(s_first, _backend.AddressAt(0));
    }

    [Fact]
    public async Task A_bad_answer_is_the_servers_and_no_other_address_is_asked()
    {
        _network.Ends[s_first] = ProbeEnd.Reset;

        Assert.Equal(new CheckResult(false, "connection reset"), await AskAsync(s_health));
        Assert.Equal([s_first], _network.Asked);
        Assert.Equal(s_first, _backend.AddressAt(0));
    }

    [Fact]
    public async Task A_silent_address_has_its_whole_time_and_the_next_check_begins_with_the_other()
    {
        _network.Ends[s_first] = ProbeEnd.TimedOut;

        Assert.False((await AskAsync(s_health))!.Value.Passed);
        Assert.Equal([s_first], _network.Asked);

        Assert.True((await AskAsync(s_health))!.Value.Passed);
        Assert.Equal([s_first, s_second], _network.Asked);
    }

    [Fact]
    public async Task The_checks_own_port_is_asked_at_every_address()
    {
        _network.Ends[new IPEndPoint(s_first.Address, 8008)] = ProbeEnd.Refused;

        await AskAsync(s_health with { Port = 8008 });

        Assert.Equal([new IPEndPoint(s_first.Address, 8008), new IPEndPoint(s_second.Address, 8008)], _network.Asked);
        Assert.Equal(s_second, _backend.AddressAt(0));
    }

    [Fact]
    public async Task A_name_that_stands_for_nobody_fails_with_its_reason_and_nobody_is_asked()
    {
        var nobody = new Backend("app", "b1", new IPEndPoint(IPAddress.None, 80), 0, 1, 0)
        {
            Addresses = [],
            NameProblem = "name does not resolve: the name does not exist",
        };

        Assert.Equal(new CheckResult(false, nobody.NameProblem), await Check.ProbeAsync(nobody, s_health, CancellationToken.None));
        Assert.Empty(_network.Asked);
    }

    [Fact]
    public async Task A_probe_that_throws_learns_nothing()
    {
        var check = new ConfiguredCheck(ProbeRegistry.Default.With(new Broken()), new ProbePorts(_network, TimeProvider.System));

        Assert.Null(await check.ProbeAsync(_backend, s_health with { Probe = new ProbeOptions("broken", TellsFrozen: false) },
            CancellationToken.None));
    }

    private ConfiguredCheck Check => new(ProbeRegistry.Default, new ProbePorts(_network, TimeProvider.System));

    private Task<CheckResult?> AskAsync(HealthConfig config) => Check.ProbeAsync(_backend, config, CancellationToken.None);

    private sealed class Broken : IProbe
    {
        public string Type => "broken";

        public ProbeOptions Read(IConfigurationBlock health) => throw new NotSupportedException();

        public Task<CheckResult?> ProbeAsync(ProbePorts ports, ProbeTarget target, HealthConfig config, CancellationToken cancellation) =>
            throw new InvalidOperationException("a bug");
    }

    private sealed class Network : IProbeTransport
    {
        /// <summary>By address; else it is connected.</summary>
        public Dictionary<IPEndPoint, ProbeEnd> Ends { get; } = [];

        public List<IPEndPoint> Asked { get; } = [];

        public Task<ProbeReply> AskAsync(IPEndPoint endPoint, IProbeTalk? talk, TimeSpan timeout)
        {
            Asked.Add(endPoint);
            var end = Ends.GetValueOrDefault(endPoint, ProbeEnd.Answered);
            return Task.FromResult(new ProbeReply(end, new CheckResult(end == ProbeEnd.Answered, "connected")));
        }
    }
}
