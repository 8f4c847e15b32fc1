using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ClusterLb.Node.Tests.Hosting;

namespace ClusterLb.Node.Tests.Demo;

/// <summary>The demo as a process with three processes of its own.</summary>
public sealed partial class DemoTests : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_node_that_is_killed_leaves_the_others_serving_and_Ctrl_C_ends_them_all()
    {
        using var demo = NodeProcess.Start("demo");
        var nodes = await NodesAsync(demo);
        foreach (var node in nodes) Assert.StartsWith("hello from b", await _http.GetStringAsync(new Uri(node.Web)), StringComparison.Ordinal);

        using (var victim = Process.GetProcessById(nodes[0].Pid)) victim.Kill();
        await UntilAsync(demo, async () => (await _http.GetStringAsync(new Uri(nodes[1].Admin + "/api/v1/nodes"))).Contains("\"is-reachable\":false", StringComparison.Ordinal)
            || !(await _http.GetStringAsync(new Uri(nodes[1].Admin + "/api/v1/nodes"))).Contains("lb1", StringComparison.Ordinal));
        foreach (var node in nodes[1..]) Assert.StartsWith("hello from b", await _http.GetStringAsync(new Uri(node.Web)), StringComparison.Ordinal);

        demo.Signal(NodeProcess.SIGINT);
        Assert.Equal(0, await demo.ExitCodeAsync());
        Assert.EndsWith("demo ended", demo.Output.Trim(), StringComparison.Ordinal);
        Assert.All(nodes, node => Assert.False(Lives(node.Pid), $"{node} outlived the demo"));
        // Its log is shown when there is no live table.
        Assert.Contains("node lb2 has left", demo.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_do_not_outlive_a_demo_that_is_killed()
    {
        using var demo = NodeProcess.Start("demo");
        var nodes = await NodesAsync(demo);

        demo.Signal(NodeProcess.SIGKILL);

        await UntilAsync(demo, () => Task.FromResult(!nodes.Exists(node => Lives(node.Pid))));
    }

    [Fact]
    public async Task A_demo_that_is_ended_while_it_starts_ends()
    {
        using var demo = NodeProcess.Start("demo");
        await UntilAsync(demo, () => Task.FromResult(demo.Output.Contains("they start", StringComparison.Ordinal)));

        demo.Signal(NodeProcess.SIGINT);

        Assert.Equal(0, await demo.ExitCodeAsync());
    }

    /// <summary>As the demo prints them once they are one cluster.</summary>
    private static async Task<List<DemoLine>> NodesAsync(NodeProcess demo)
    {
        await UntilAsync(demo, () => Task.FromResult(demo.Output.Contains("Ctrl+C ends it", StringComparison.Ordinal)));
        List<DemoLine> nodes = [.. LinePattern().Matches(demo.Output).Select(match =>
            new DemoLine(match.Groups[1].Value, match.Groups[2].Value, int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture)))];
        Assert.Equal(3, nodes.Count);
        return nodes;
    }

    private static bool Lives(int pid) => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static async Task UntilAsync(NodeProcess demo, Func<Task<bool>> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(50))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(60)) Assert.Fail($"it never became true: {demo.Output}\n{demo.Errors}");
        }
    }

    [GeneratedRegex(@"lb\d  (http://\S+)  admin (http://\S+)  PID (\d+)")]
    private static partial Regex LinePattern();

    private sealed record DemoLine(string Web, string Admin, int Pid);
}
