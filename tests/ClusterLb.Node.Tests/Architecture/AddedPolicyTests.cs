using System.CommandLine;
using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Node.Tests.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Architecture;

/// <summary>What somebody needs who adds a policy: the class below and its registration. Nothing in src knows it.</summary>
public class AddedPolicyTests
{
    private static readonly Policies s_policies = Policies.Default.With(new PathModuloPolicy());

    [Fact]
    public async Task A_policy_of_one_file_is_read_built_served_and_explained()
    {
        await using var one = RawBackend.Start("b1");
        await using var two = RawBackend.Start("b2");
        await using var three = RawBackend.Start("b3");
        var backends = $"pools.app.backends {{ {Address("b1", one)}, {Address("b2", two)}, {Address("b3", three)} }}";
        var pool = Conf.Legal(Read(backends)).Pools[0];
        await using var admin = await TestAdmin.StartAsync(pool, s_policies, ProbeRegistry.Default);
        using var client = await RawClient.ConnectAsync(admin.EndPoint);

        for (var path = 0; path < 40; path++)
        {
            await client.SendAsync($"GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n");
            var served = (await client.ReadAsync()).Body;
            var explanation = await admin.GetAsync($"/api/v1/explain?pool=app&key=/{path}");

            Assert.Equal(served, explanation.GetProperty("picked").GetString());
            Assert.Equal("path", explanation.GetProperty("hashes_by").GetString());
            Assert.Equal("its place is the path's", explanation.GetProperty("why").GetString());
        }

        // Forty paths find all three more than a few times, and times are measured because the policy wants them.
        var explained = (await admin.GetAsync("/api/v1/explain?pool=app")).GetProperty("backends").EnumerateArray();
        Assert.All(explained, backend => Assert.True(backend.GetProperty("score").GetDouble() > 0));
    }

    [Fact]
    public async Task The_explain_command_says_what_the_policy_says_of_itself()
    {
        var pool = Conf.Legal(Read("pools.app.backends.b1.address = \"127.0.0.1:1\"")).Pools[0];
        await using var admin = await TestAdmin.BuildAsync(pool, policies: s_policies);
        using var output = new StringWriter();

        string[] arguments = ["explain", "--pool", "app", "--key", "/a", "--admin", admin.Url];
        Assert.Equal(0, await CommandLine.RunAsync(arguments, new InvocationConfiguration { Output = output }));

        var lines = output.ToString().Split(Environment.NewLine);
        Assert.Equal(["pool app, path-modulo by path", "b1: its place is the path's"], lines[..2]);
    }

    [Fact]
    public void It_is_among_those_that_a_mistake_is_answered_with()
    {
        var problem = Conf.Single(Read("pools.app.backends.b1.address = \"127.0.0.1:1\"", "pools.app.balance=path"));

        Assert.Contains("least-time, p2c, path-modulo, random", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tcp_listener_that_cannot_give_it_its_key_is_refused()
    {
        var problem = Conf.Single(Read("pools.app.backends.b1.address = \"127.0.0.1:1\"", "listeners.web.protocol=tcp"));

        Assert.Equal("clusterlb.pools.app.hash.key", problem.Key);
        Assert.Contains("path-modulo hashes by path; it must be source-ip", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_given_once() => Assert.Throws<ArgumentException>(() => s_policies.With(new PathModuloPolicy()));

    private static string Address(string name, RawBackend backend) => $"{name}.address = \"{backend.EndPoint}\"";

    private static ConfigurationResult Read(string backends, params string[] settings)
    {
        using var file = new ConfFile($$"""
            clusterlb {
              listeners.web { bind = "127.0.0.1:8080", pool = app }
              pools.app { balance = path-modulo, health.type = none }
              {{backends}}
            }
            """);
        var sources = new ConfigurationSources([file.Path], settings, new Dictionary<string, string>());
        return ConfigurationReader.Read(sources, s_policies, ProbeRegistry.Default);
    }

    /// <summary>The path's hash modulo the number of members; on from there when that one is not to be had.</summary>
    private sealed class PathModuloPolicy : ILoadBalancingPolicy
    {
        public string Name => "path-modulo";

        public bool NeedsResponseTimes => true;

        public KeySource? KeyOf(PoolConfig pool) => new KeySource(HashKeyKind.Path, "");

        public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => new Source(members);

        private sealed class Source(IReadOnlyList<Backend> members) : IPickerSource, IPicker
        {
            public IPicker CreatePicker(LoopRandom random) => this;

            public Backend? Pick(in PickRequest request)
            {
                for (var i = 0; i < members.Count; i++)
                {
                    var member = members[PlaceOf(request.Key, i)];
                    if (request.Accepts(member)) return member;
                }

                return null;
            }

            public IReadOnlyList<Backend> OrderOf(ulong key, Eligibility eligible) =>
                [.. Enumerable.Range(0, members.Count).Select(i => members[PlaceOf(key, i)])];

            public double? ScoreOf(Backend backend, Eligibility eligible, long nowMilliseconds) =>
                PeakEwma.Current(backend.Load, nowMilliseconds);

            public string Explain(Backend picked, Eligibility eligible, ulong? key) =>
                picked == members[PlaceOf(key ?? 0, 0)] ? "its place is the path's" : "the next that can be had";

            private int PlaceOf(ulong key, int step) => (int)((key + (ulong)step) % (ulong)members.Count);
        }
    }
}
