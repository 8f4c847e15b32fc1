using System.CommandLine;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Api;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Terminal;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Commands;

/// <summary>What status shows of a cluster in trouble, as somebody answers it.</summary>
public sealed class StatusCommandTests
{
    private static readonly NodeStatus s_lb1 = new("lb1", "a1", "up", IsReachable: true, IsMonitor: true, IsStale: false, "ready", 3_725,
        "aaaa", 2, 12, 120.54, "7.3", "0.1.0");

    private static readonly BackendReport s_b1 = new(
        "b1", "10.0.0.1:80", "draining", "draining", "up", "drained by an operator through lb1", 61, 5,
            new Dictionary<string, int> { ["lb1"] = 3, ["lb2"] = 2 },
        new Dictionary<string, string>(), new Dictionary<string, string>(), new DrainReport(Done: false, 0, 27.4, "sessions"), 0, null,
            1_000, 42, 3, 2);

    [Fact]
    public async Task Nodes_that_find_different_servers_under_one_name_are_named_with_them()
    {
        var lines = await PrintAsync(Status([s_lb1], s_b1 with
        {
            AddressByNode = new Dictionary<string, string> { ["lb1"] = "10.0.0.1:80", ["lb2"] = "10.0.0.2:80" },
        }));

        Assert.Contains("warning: nodes find different servers under the name of app/b1: lb1 10.0.0.1:80, lb2 10.0.0.2:80", lines);
    }

    [Fact]
    public async Task Nodes_that_differ_fall_silent_or_were_never_heard_are_seen_at_once()
    {
        var lines = await PrintAsync(Status(
            [
                s_lb1,
                s_lb1 with { Name = "lb2", IsMonitor = false, IsStale = true, Version = "0.2.0", Fingerprint = "bbbb",
                    UptimeSeconds = 200_000,
                    Phase = "draining" },
                s_lb1 with { Name = "lb3", IsReachable = false, Version = "" },
                new NodeStatus("a4", "a4", "joining", IsReachable: true, IsMonitor: false, IsStale: false, "", 0, "", 0, 0, 0, "", ""),
            ]));

        Assert.Equal("4 nodes as lb1 sees them; configuration aaaa since 2023-11-14T22:13:20Z", lines[0]);
        Assert.Equal("warning: lb1 refuses commands: this node reaches 1 of 3 nodes", lines[1]);
        Assert.Equal("warning: lb2 hears no health monitor: it goes by what it finds itself", lines[2]);
        Assert.Equal("warning: lb1 does not reach Redis: what it would keep, the nodes keep among themselves", lines[3]);
        Assert.Equal("warning: lb2 and lb1 hash keys to different backends", lines[4]);
        Assert.Equal("warning: the configuration of lb2 differs from that of lb1", lines[5]);
        Assert.Equal("warning: lb1 runs version 0.1.0, but lb2 0.2.0", lines[6]);
        Assert.Equal("warning: lb1 runs version 0.1.0, but lb3 unknown", lines[7]);
        Assert.Equal("NODE  ROLE     STATUS       PHASE     AGE   LOOPS  CONNS  REQ/S  VERDICTS   VERSION  CONFIG", lines[9]);
        Assert.Equal("lb1   monitor  up           ready     1h2m  2      12     120.5  7.3        0.1.0    aaaa", lines[10]);
        Assert.Equal("lb2   -        up           draining  2d7h  2      12     120.5  7.3 stale  0.2.0    bbbb DIFFERS",
            lines[11]);
        Assert.StartsWith("lb3   monitor  unreachable  ready ", lines[12], StringComparison.Ordinal);
        Assert.Equal("a4    -        joining      -         -     -      -      -      -          -        -", lines[13]);
        Assert.Equal("lb5 at 10.0.0.5:4053: seed, not reached since 2023-11-14T22:13:20Z", lines[14]);
        Assert.Equal("10.0.0.6:4053: seed, never reached", lines[15]);
        Assert.Equal("lb7 at 10.0.0.7:4053: seed, answers, but is not in this cluster", lines[16]);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(60)]
    public void On_a_terminal_no_line_is_wider_and_what_is_cut_or_left_out_shows(int width)
    {
        using var output = new StringWriter();
        using var terminal = new PrintableWriter(output, width);
        StatusCommand.Print(Status([s_lb1, s_lb1 with { Name = "lb2", IsReachable = false, IsStale = true }], s_b1, s_b1 with
        {
            Name = "checkout-server-with-a-very-long-name-01",
            Address = "[2001:db8:1234:5678:9abc:def0:1234:5678]:65535",
            State = "down",
            Drain = null,
            Reason = "check failed: monitor lb1: connect refused; witness lb2: connect refused x3",
        }), terminal);

        var lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.All(lines, line => Assert.True(CellText.Width(line) <= width, line));
        Assert.Contains(lines, line => line.Contains("unreachable", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("ame-01 ", StringComparison.Ordinal)
            && line.Contains("check failed: ", StringComparison.Ordinal) && line.EndsWith('…'));
        Assert.Contains(lines, line => line.StartsWith("--wide shows ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_screen_that_is_drawn_again_shows_what_is_in_trouble_and_counts_the_rest()
    {
        using var output = new StringWriter();
        using var screen = new PrintableWriter(output, 80) { Height = 24 };
        var up = s_b1 with { State = "up", Drain = null };
        var status = Status([s_lb1]);
        StatusCommand.Print(status with
        {
            MissingSeeds = [],
            Pools = [.. Enumerable.Range(0, 9).Select(i => new PoolReport($"p{i}", "p2c", FailsOpen: false,
                [up, i == 7 ? up with { Name = "ill", State = "down" } : up with { Name = "b2" }], []))],
        }, screen);

        var lines = output.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.True(lines.Length <= 24, output.ToString());
        Assert.StartsWith("pool p7", lines.First(line => line.StartsWith("pool ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Matches("^and [5-8] more pools with 1[0246] backends, 0 of them not up$",
            lines.Single(line => line.StartsWith("and ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_node_of_an_earlier_release_that_says_nothing_of_seeds_and_versions_is_shown()
    {
        var answer = JsonSerializer.SerializeToNode(Status([s_lb1]), ApiJson.Options)!.AsObject();
        answer.Remove("missing_seeds");
        answer["nodes"]![0]!.AsObject().Remove("version");

        var lines = await PrintAsync(answer.ToJsonString());

        Assert.Equal("lb1   monitor  up      ready  1h2m  2      12     120.5  7.3       unknown  aaaa", lines[7]);
        Assert.DoesNotContain(lines, line => line.Contains("seed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Backends_show_what_is_in_flight_where_and_what_keeps_them_from_working()
    {
        var lines = await PrintAsync(Status(
            [s_lb1],
            s_b1,
            s_b1 with
            {
                Name = "b2",
                State = "up",
                Drain = null,
                Reason = "check passed",
                UnreachableFrom = new Dictionary<string, string> { ["lb2"] = "connect refused" },
                Weight = 0.5
            },
            s_b1 with
            {
                Name = "b3",
                State = "drained",
                Drain = new DrainReport(Done: true, 2, 0, "sessions"),
                InFlight = 0,
                InFlightByNode = new Dictionary<string, int>(),
                Reason = "drain timeout"
            }));

        Assert.Equal("pool app, p2c, fails open: too few backends are healthy, so all are used", lines[12]);
        Assert.Equal("BACKEND  ADDRESS      STATE     SINCE  WEIGHT  IN FLIGHT  BY NODE      SESSIONS  WHY", lines[13]);
        Assert.Equal("app/b1   10.0.0.1:80  draining  1m1s   0       5          lb1=3 lb2=2  42        drained by an operator through "
            + "lb1; 27 s left", lines[14]);
        Assert.Equal("app/b2   10.0.0.1:80  up        1m1s   0.5     5          lb1=3 lb2=2  42        check passed; unreachable from "
            + "lb2: connect refused", lines[15]);
        Assert.Equal("app/b3   10.0.0.1:80  drained   1m1s   0       0          -            42        drain timeout; 2 cut off",
            lines[16]);
    }

    private static StatusReport Status(IReadOnlyList<NodeStatus> nodes, params BackendReport[] backends) => new(
        "lb1", "ready", 3_725, 1, new ControlPlaneReport(Running: true, 0, "this node reaches 1 of 3 nodes"),
            new ConfigReport("aaaa", Agrees: false, ["lb2"], "0123456789abcdef", ["lb2"],
                DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)),
            new StoreReport(StoreType.Redis, IsUp: false, 0),
            nodes,
            [
                new SeedReport("lb5", "10.0.0.5:4053", IsReached: false, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)),
                new SeedReport("", "10.0.0.6:4053", IsReached: false, null),
                new SeedReport("lb7", "10.0.0.7:4053", IsReached: true, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)),
            ],
            [],
        [new PoolReport("app", "p2c", FailsOpen: true, backends, [])]);

    private static Task<string[]> PrintAsync(StatusReport status) => PrintAsync(JsonSerializer.Serialize(status, ApiJson.Options));

    private static async Task<string[]> PrintAsync(string answer)
    {
        await using var node = RawBackend.Start(answer);
        using var output = new StringWriter();
        Assert.Equal(0, await StatusCommand.Create().Parse(["--admin", $"http://{node.EndPoint}"])
            .InvokeAsync(new InvocationConfiguration { Output = output }));
        return output.ToString().Split(Environment.NewLine);
    }
}
