using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Demo;
using CsCheck;

namespace ClusterLb.Node.Tests.Demo;

public sealed class DemoScreenTests
{
    private const int LeastWidth = 40;
    private const int LeastHeight = 10;

    private static readonly Gen<string> s_texts = Gen.OneOf(
        Gen.Const(""),
        Gen.Const("check failed: status 503, expected 200"),
        Gen.OneOf(Gen.Const("lb1"), Gen.Const("was"), Gen.Const("taken"), Gen.Const("for"), Gen.Const("dead"),
            Gen.Const("and-a-word-that-is-longer-than-most-terminals-are-wide-which-nobody-wants"))
            .Array[0, 30].Select(words => string.Join(' ', words)));

    private static readonly Gen<DemoView> s_views = Gen.Select(
        s_texts.Array[3, 3],
        Gen.OneOf(Gen.Const("up"), Gen.Const("down"), Gen.Const("draining"), Gen.Const("unknown")).Array[3, 3],
        Gen.OneOf(Gen.Const(""), Gen.Const("killed"), Gen.Const("ended with 1")).Array[3, 3],
        Gen.Select(Gen.Int[0, 1_000_000], s_texts).Array[0, 80],
        Gen.OneOf(Gen.Const(""), Gen.Const("Traffic on: 123456 answered, 2048 of them by another node, 12 failed")),
        s_texts,
        Gen.Bool)
        .Select((reasons, states, ends, events, traffic, said, isAnswered) => View(reasons, states, ends, events, traffic, said) with
        {
            Status = isAnswered ? Status(reasons, states) : null,
        });

    private static readonly DemoView s_usual = View(["check passed: status 200", "check passed: status 200", "check passed: status 200"],
        ["up", "up", "up"], ["", "", ""], [.. Enumerable.Range(0, 80).Select(i => (i * 10, $"event number {i}"))], "", "");

    [Fact]
    public void At_every_size_all_lines_are_on_the_screen()
    {
        for (var width = 1; width <= 200; width++)
        {
            for (var height = 1; height <= 60; height++) MustFit(s_usual, width, height);
        }
    }

    [Fact]
    public void So_they_are_whatever_happens_and_no_word_is_cut() =>
        Gen.Select(s_views, Gen.Int[LeastWidth, 200], Gen.Int[LeastHeight, 60]).Sample((view, width, height) =>
        {
            MustFit(view, width, height);
            // Where there is room for everything, nothing is cut.
            var whole = Words(Show(view, 20_000, 500)).Concat(Words(view.Hints.SetUp(width - 2))).Append("…").ToHashSet();
            Assert.All(Words(Show(view, width, height)), word => Assert.True(
                whole.Contains(word) || word == $"{width}x{height}" || "80x24 shows all; this is".Contains(word, StringComparison.Ordinal),
                word));
        }, iter: 3_000);

    [Fact]
    public void At_80_x_24_everything_that_matters_is_there() => s_views.Sample(view =>
    {
        var lines = Show(view, 80, 24);
        Assert.All(view.Nodes, node => Assert.Contains(lines, line => line.StartsWith($"{node.Ports.Name}  ", StringComparison.Ordinal)
            && line.Contains($"{node.Pid}", StringComparison.Ordinal)));
        Assert.All(view.Status?.Pools[0].Backends ?? [], backend =>
            Assert.Contains(lines, line => line.StartsWith($"app/{backend.Name}", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("REQ/S", StringComparison.Ordinal)
            || view.Nodes.Any(node => node.End.Contains(' ', StringComparison.Ordinal)));
        Assert.All(view.Hints.Keys, key => Assert.Contains(lines, line => line.Contains(key, StringComparison.Ordinal)));
        Assert.All(view.Hints.SetUp(78), line => Assert.Contains($"  {line}", lines));
        Assert.All(view.Hints.Requests.Concat(view.Hints.Commands), hint =>
            Assert.Contains(lines, line => line.StartsWith($"  {hint.Command} ", StringComparison.Ordinal)
                && line.EndsWith(hint.Effect, StringComparison.Ordinal)));
        var events = lines.SkipWhile(line => !line.StartsWith("Last events", StringComparison.Ordinal)).Skip(1).ToList();
        Assert.InRange(events.Count, Math.Min(2, view.Events.Count > 0 ? 1 : 0), 5);
    }, iter: 1_000);

    [Theory]
    [InlineData(79, 24)]
    [InlineData(80, 23)]
    [InlineData(40, 10)]
    public void Less_says_so_in_its_last_line(int width, int height) =>
        Assert.Equal($"80x24 shows all; this is {width}x{height}", Show(s_usual, width, height)[^1]);

    [Fact]
    public void The_tables_and_the_keys_stay_longest()
    {
        var lines = Show(s_usual, 40, 10);

        Assert.Equal(["NODE", "lb1", "lb2", "lb3", "BACKEND", "app/b1", "app/b2", "app/b3", "Keys:", "80x24"],
            lines.Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void More_shows_more_events()
    {
        var (small, large) = (Show(s_usual, 80, 24), Show(s_usual, 80, 60));

        Assert.Equal("  event number 79", Text(large[^1]));
        Assert.Equal(Text(small[^1]), Text(large[^1]));
        Assert.Equal(60, large.Count);
        Assert.True(Events(large) > Events(small) + 20);
        Assert.Contains("", large);

        static string Text(string line) => "  " + line[line.IndexOf("event", StringComparison.Ordinal)..];
        static int Events(IReadOnlyList<string> lines) => lines.Count(line => line.Contains("event number", StringComparison.Ordinal));
    }

    [Fact]
    public void What_all_nodes_saw_is_told_once()
    {
        var view = s_usual with { Events = [Event(0, "lb1", "is away"), Event(1, "lb2", "is away"), Event(60, "lb1", "is away")] };

        Assert.Equal(["  00:00:00 app/b1 is away", "  00:01:00 app/b1 is away"], Show(view, 80, 24).TakeLast(2));
    }

    [Fact]
    public void What_happens_again_at_once_is_told_again()
    {
        var view = s_usual with
        {
            Events =
            [
                Event(0, "lb1", "is back"), Event(0, "lb2", "is back"), Event(1, "lb1", "is away"), Event(1, "lb2", "is away"),
                Event(2, "lb1", "is back"), Event(2, "lb2", "is back"),
            ],
        };

        Assert.Equal(["  00:00:00 app/b1 is back", "  00:00:01 app/b1 is away", "  00:00:02 app/b1 is back"],
            Show(view, 80, 24).SkipWhile(line => !line.StartsWith("Last events", StringComparison.Ordinal)).Skip(1));
    }

    [Fact]
    public void Why_a_node_ended_by_itself_is_said()
    {
        var view = s_usual with { Nodes = [s_usual.Nodes[0] with { End = "ended with 1", Complaint = "address in use" }] };

        Assert.Equal("ClusterLb demo: lb1 ended with 1: address in use", Show(view, 80, 24)[0]);
    }

    private static void MustFit(DemoView view, int width, int height)
    {
        var lines = Show(view, width, height);
        Assert.InRange(lines.Count, 1, height);
        Assert.All(lines, line => Assert.True(line.Length <= width, $"{line.Length} at {width}x{height}: {line}"));
    }

    private static List<string> Show(DemoView view, int width, int height) =>
        [.. DemoScreen.Lines(view, width, height).Select(line => line.Text)];

    private static IEnumerable<string> Words(IEnumerable<string> lines) =>
        lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static DemoView View(string[] reasons, string[] states, string[] ends, (int Second, string Text)[] events, string traffic,
        string said)
    {
        var ports = Enumerable.Range(0, 3).Select(i => new DemoPorts($"lb{i + 1}", 8080 + i, 4053 + i, 9000 + (10 * i))).ToList();
        return new DemoView(
            [.. ports.Zip(ends).Select((pair, i) => new DemoProcess(pair.First, 10_000 + i, pair.Second))],
            Status(reasons, states),
            [.. events.Select(one => Event(one.Second, "lb1", one.Text))],
            DemoHints.Of(ProgramPlace.Of("/home/jane/clusterlb/artifacts/publish/ClusterLb.Node/release/", "/home/jane/clusterlb",
                "/home/jane"), ports, ("b2", new IPEndPoint(IPAddress.Loopback, 9002))),
            traffic,
            said);
    }

    private static EventReport Event(int second, string node, string text) =>
        new(DateTimeOffset.UnixEpoch.AddSeconds(second), node, "app/b1", text);

    private static StatusReport Status(string[] reasons, string[] states) => new(
        "lb1", "ready", 1, 1, new ControlPlaneReport(true, 0, ""), new ConfigReport("", true, [], "", [], default),
        new StoreReport(StoreType.Embedded, true, 0),
        [.. Enumerable.Range(1, 3).Select(i =>
            new NodeStatus($"lb{i}", "", "up", i != 2, i == 1, false, "ready", 1, "", 1, 12, 34.5, "", "0.1.0"))],
        [],
        [],
        [
            new PoolReport("app", "p2c", false, [.. Enumerable.Range(0, 3).Select(i => new BackendReport($"b{i + 1}",
                $"127.0.0.1:{9001 + i}", states[i], "ready", states[i], reasons[i], 1, 3,
                new Dictionary<string, int> { ["lb1"] = 1, ["lb2"] = 2 }, new Dictionary<string, string>(),
                new Dictionary<string, string>(), null, 1, null, 1, 0, 0, 0))], []),
        ]);
}
