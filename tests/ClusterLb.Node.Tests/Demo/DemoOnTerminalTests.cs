using System.Runtime.Versioning;
using ClusterLb.Node.Tests.Hosting;

namespace ClusterLb.Node.Tests.Demo;

/// <summary>The demo on a real terminal.</summary>
[SupportedOSPlatform("linux")]
public sealed class DemoOnTerminalTests : IDisposable
{
    private const int SIGTSTP = 20;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_node_is_killed_with_a_key_and_comes_back_with_another()
    {
        using var terminal = TerminalSession.Start("exec clusterlb demo");
        await terminal.UntilAsync(() => IsWhole(terminal));
        var before = terminal.Nodes["lb1"];

        terminal.Press("1");
        await terminal.UntilAsync(() => terminal.Nodes["lb1"] is { Process: "killed" });
        Assert.False(TerminalSession.Lives(before.Pid));
        Assert.Contains("lb1 is killed; r brings it back", terminal.Text, StringComparison.Ordinal);
        await terminal.UntilAsync(() => terminal.Nodes["lb1"] is { Cluster: not "up" });

        terminal.Press("r");
        await terminal.UntilAsync(() => IsWhole(terminal));
        var after = terminal.Nodes["lb1"];
        Assert.NotEqual(before.Pid, after.Pid);
        Assert.Equal(before.Address, after.Address);
        Assert.StartsWith("hello from b", await _http.GetStringAsync(new Uri($"http://{after.Address}/")), StringComparison.Ordinal);

        var nodes = terminal.Nodes.Values;
        terminal.Press("q");
        Assert.Equal(0, await terminal.ExitCodeAsync());
        MustBeGivenBack(terminal);
        Assert.EndsWith("demo ended", terminal.Text, StringComparison.Ordinal);
        Assert.All(nodes, node => Assert.False(TerminalSession.Lives(node.Pid)));
        var (width, height) = terminal.Extent;
        Assert.InRange(width, 60, 80);
        Assert.Equal(24, height);
    }

    [Fact]
    public async Task Keys_make_a_backend_ill_and_send_traffic()
    {
        using var terminal = TerminalSession.Start("exec clusterlb demo");
        await terminal.UntilAsync(() => IsWhole(terminal));

        terminal.Press("t");
        await terminal.UntilAsync(() => terminal.Text.Contains("Traffic on: ", StringComparison.Ordinal)
            && !terminal.Text.Contains("Traffic on: 0 answered", StringComparison.Ordinal));
        terminal.Press("i");
        await terminal.UntilAsync(() => terminal.Text.Contains("app/b2 UP -> DOWN: check failed", StringComparison.Ordinal));
        terminal.Press("i");
        await terminal.UntilAsync(() => terminal.Text.Contains("app/b2 DOWN -> UP: check passed", StringComparison.Ordinal));
        terminal.Press("r");
        await terminal.UntilAsync(() => terminal.Text.Contains("every node runs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_drawn_anew_when_the_terminal_gets_another_size_and_after_Ctrl_Z()
    {
        // Within a shell, for script stops when the one process that it knows of does.
        using var terminal = TerminalSession.Start("clusterlb demo; exit $?");
        await terminal.UntilAsync(() => IsWhole(terminal));
        var demo = TerminalSession.ParentOf(terminal.Nodes["lb1"].Pid);

        await TerminalSession.ResizeAsync(demo, 60, 16);
        await terminal.UntilAsync(() => terminal.Text.EndsWith("80x24 shows all; this is 60x16", StringComparison.Ordinal));
        await TerminalSession.ResizeAsync(demo, 80, 24);
        await terminal.UntilAsync(() => !terminal.Text.Contains("shows all", StringComparison.Ordinal));

        // What Ctrl+Z sends; the key itself stops nobody where there is no shell to let it go on.
        TerminalSession.Signal(demo, SIGTSTP);
        await terminal.UntilAsync(() => TerminalSession.StateOf(demo) == 'T');
        await terminal.UntilAsync(() => !terminal.IsAlternate && terminal.HasCursor);
        TerminalSession.Signal(demo, NodeProcess.SIGCONT);
        await terminal.UntilAsync(() => terminal.IsAlternate && IsWhole(terminal));
    }

    [Theory]
    [InlineData(NodeProcess.SIGINT)]
    [InlineData(NodeProcess.SIGTERM)]
    public async Task Whoever_ends_it_gets_the_terminal_back_and_nothing_is_left_behind(int signal)
    {
        // What a shell runs in the background is born deaf to Ctrl+C, and so may be these tests.
        using var terminal = TerminalSession.Start("exec env --default-signal=INT clusterlb demo");
        await terminal.UntilAsync(() => IsWhole(terminal));
        var nodes = terminal.Nodes.Values;

        if (signal == NodeProcess.SIGINT) terminal.Press(TerminalSession.CtrlC);
        else TerminalSession.Signal(TerminalSession.ParentOf(nodes.First().Pid), signal);

        Assert.Equal(0, await terminal.ExitCodeAsync());
        MustBeGivenBack(terminal);
        Assert.All(nodes, node => Assert.False(TerminalSession.Lives(node.Pid)));
    }

    [Fact]
    public async Task One_that_is_killed_leaves_nothing_behind_and_its_nodes_give_the_terminal_back()
    {
        using var terminal = TerminalSession.Start(
            "clusterlb demo; until stty -a | grep -q ' icanon.* echo '; do sleep 0.1; done; stty -a");
        await terminal.UntilAsync(() => IsWhole(terminal));
        var nodes = terminal.Nodes.Values;

        TerminalSession.Signal(TerminalSession.ParentOf(nodes.First().Pid), NodeProcess.SIGKILL);

        await terminal.UntilAsync(() => !nodes.Any(node => TerminalSession.Lives(node.Pid)));
        Assert.Equal(0, await terminal.ExitCodeAsync());
        MustBeGivenBack(terminal);
        Assert.Contains(" echo ", terminal.Text, StringComparison.Ordinal);
    }

    private static bool IsWhole(TerminalSession terminal) =>
        terminal.Nodes is { Count: 3 } nodes && nodes.Values.All(node => node is { Process: "ready", Cluster: "up" });

    private static void MustBeGivenBack(TerminalSession terminal)
    {
        Assert.False(terminal.IsAlternate);
        Assert.True(terminal.HasCursor);
    }
}
