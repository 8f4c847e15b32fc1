using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ClusterLb.Node.Tests.Hosting;

namespace ClusterLb.Node.Tests.Demo;

/// <summary>The demo as a process with three processes of its own.</summary>
public sealed partial class DemoTests : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Ctrl+C; but what a shell runs in the background is born deaf to it, and so is all that it starts.</summary>
    private static int Interrupt => IgnoresInterrupts() ? NodeProcess.SIGTERM : NodeProcess.SIGINT;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_node_that_is_killed_leaves_the_others_serving_and_Ctrl_C_ends_them_all()
    {
        using var demo = NodeProcess.Start("demo");
        var nodes = await NodesAsync(demo);
        foreach (var node in nodes)
            Assert.StartsWith("hello from b", await _http.GetStringAsync(new Uri(node.Web)), StringComparison.Ordinal);

        using (var victim = Process.GetProcessById(nodes[0].Pid)) victim.Kill();
        await UntilAsync(demo, async () => (await _http.GetStringAsync(new Uri(nodes[1].Admin + "/api/v1/nodes")))
            .Contains("\"is-reachable\":false", StringComparison.Ordinal)
            || !(await _http.GetStringAsync(new Uri(nodes[1].Admin + "/api/v1/nodes"))).Contains("lb1", StringComparison.Ordinal));
        foreach (var node in nodes[1..])
            Assert.StartsWith("hello from b", await _http.GetStringAsync(new Uri(node.Web)), StringComparison.Ordinal);

        demo.Signal(Interrupt);
        Assert.Equal(0, await demo.ExitCodeAsync());
        Assert.EndsWith("demo ended", demo.Output.Trim(), StringComparison.Ordinal);
        Assert.All(nodes, node => Assert.False(Lives(node.Pid), $"{node} outlived the demo"));
        // Its log is shown when there is no live table.
        Assert.Contains("node lb2 has left", demo.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drain_through_one_node_waits_for_what_another_has_in_flight()
    {
        using var demo = NodeProcess.Start("demo");
        var nodes = await NodesAsync(demo);
        var slow = _http.GetStringAsync(new Uri(nodes[0].Web + "slow"));
        var busy = "";
        await UntilAsync(demo, async () =>
            (busy = BusyBackend().Match(await _http.GetStringAsync(new Uri(nodes[1].Admin + "/api/v1/pools/app"))).Groups[1].Value)
            .Length > 0);

        using var drain = NodeProcess.Start("backend", "drain", $"app/{busy}", "--wait", "--admin", nodes[1].Admin);
        Assert.Equal(0, await drain.ExitCodeAsync());

        Assert.True(slow.IsCompleted);
        Assert.Equal($"hello from {busy}, after two seconds\n", await slow);
    }

    [Fact]
    public async Task What_it_says_to_try_works_line_by_line()
    {
        using var demo = NodeProcess.Start("demo");
        var nodes = await NodesAsync(demo);
        List<string> commands = [.. demo.Output.Split("Try, in another terminal")[1].Split('\n')
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim().Split("   ")[0])];
        Assert.True(commands.Count > 9, demo.Output);

        var start = new ProcessStartInfo("sh", ["-ec", string.Join('\n', commands.Select(command => $"{command}; echo \"= $?\""))])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Where the runtime is not where everybody looks.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        using var shell = Process.Start(start)!;
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        var printed = await output;
        await shell.WaitForExitAsync();

        Assert.True(commands.Count == printed.Split("= 0\n").Length - 1, $"{string.Join('\n', commands)}\n{printed}\n{await errors}");
        foreach (var expected in (string[])["hello from b", "after two seconds", "answers its health check with 503", "nodes as lb",
            "app/b1 is drained", "app/b1 is ready", "joined the cluster"])
        {
            Assert.Contains(expected, printed, StringComparison.Ordinal);
        }

        // kill -9 of the first node, which ends a moment after.
        await UntilAsync(demo, () => Task.FromResult(!Lives(nodes[0].Pid)));
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

        demo.Signal(Interrupt);

        Assert.Equal(0, await demo.ExitCodeAsync());
    }

    [Fact]
    public async Task Its_backends_can_be_had_alone()
    {
        using var demo = NodeProcess.Start("demo", "--backends");
        await UntilAsync(demo, () => Task.FromResult(demo.Output.Contains("Ctrl+C ends them.", StringComparison.Ordinal)));

        var backends = BackendPattern().Matches(demo.Output).Select(match => (Name: match.Groups[1].Value, Url: match.Groups[2].Value))
            .ToList();
        Assert.Equal(["b1", "b2", "b3"], backends.Select(backend => backend.Name));
        foreach (var (name, url) in backends) Assert.Equal($"hello from {name}\n", await _http.GetStringAsync(new Uri(url)));

        demo.Signal(Interrupt);
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

    private static bool IgnoresInterrupts()
    {
        var ignored = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (ulong.Parse(ignored["SigIgn:".Length..].Trim(), NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture) & (1UL << (NodeProcess.SIGINT - 1))) != 0;
    }

    private static bool Lives(int pid) =>
        Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static async Task UntilAsync(NodeProcess demo, Func<Task<bool>> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(50))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(60))
                Assert.Fail($"it never became true: {demo.Output}\n{demo.Errors}");
        }
    }

    [GeneratedRegex(@"lb\d  (http://\S+)  admin (http://\S+)  PID (\d+)")]
    private static partial Regex LinePattern();

    [GeneratedRegex(@"sample backend (b\d) serves (http://\S+)")]
    private static partial Regex BackendPattern();

    /// <summary>As the second node knows of the first.</summary>
    [GeneratedRegex("""
        "name":"(b\d)","address":"[^"]*","state":"[^"]*"[^{]*"in_flight":1,"in_flight_by_node":\{"lb1":1\}
        """)]
    private static partial Regex BusyBackend();

    private sealed record DemoLine(string Web, string Admin, int Pid);
}
