using System.Globalization;
using Xunit.Abstractions;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>
/// Nobody is sent to a stranger: whatever becomes of backends and nodes, a session is where it was answered last unless that backend was
/// gone. <c>tests/sessions-history/run.sh</c> runs it for longer.
/// </summary>
public sealed class SessionHistoryTests(ITestOutputHelper output)
{
    private static readonly int s_sessions = Setting("SESSIONS", 60);
    private static readonly int s_seconds = Setting("SECONDS", 10);

    private static bool IsOwnRun => Environment.GetEnvironmentVariable("CLUSTERLB_HISTORY_SECONDS") is not null;

    /// <summary>All four, unless <c>run.sh</c> asks for one.</summary>
    public static TheoryData<string, string, string> Modes()
    {
        (string By, string Name, string Check)[] all =
            [("cookie", "SERVERID", "http"), ("app-cookie", "JSESSIONID", "tcp"), ("header", "X-User", "http"),
             ("source-ip", "unused", "tcp")];
        var wanted = Environment.GetEnvironmentVariable("CLUSTERLB_HISTORY_MODE");
        var modes = new TheoryData<string, string, string>();
        foreach (var (by, name, check) in all.Where(mode => wanted is null || wanted == mode.By)) modes.Add(by, name, check);
        return modes;
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task No_request_goes_to_a_stranger_whatever_dies_freezes_and_comes_back(string by, string name, string check)
    {
        // In 10 s of seed 159 two backends are killed at once, one is frozen and a node is killed; a run of one's own finds what is new.
        var seed = Setting("SEED", IsOwnRun ? Environment.TickCount & 0xFFFF : 159);
        await using var run = await SessionHistoryRun.StartAsync(
            s_sessions, seed,
            $"pools.app.sticky.by={by}", $"pools.app.sticky.name={name}", $"pools.app.health.type={check}", "pools.app.health.path=/",
                "pools.app.timeouts.response=2s",
            // Where no check can tell, a backend is listened for so long before a session leaves it: longer than a busy machine lets a
            // process stand still.
            check == "tcp" ? "pools.app.health.timeout=1s" : "pools.app.health.timeout=500ms",
            // A machine that is busy with other tests must not make the hash decide, nor let a client have its answer before all nodes know
            // its session.
            "sticky.lookup-timeout=1s", "sticky.learn-timeout=1s", "sticky.move-timeout=10s");

        await run.DisturbAsync(TimeSpan.FromSeconds(s_seconds));
        var report = await run.CheckAsync(tellsFrozen: check != "tcp");

        var told = string.Create(CultureInfo.InvariantCulture,
            $"{by}, seed {seed}, {run.Requests} requests, {run.Posts} posts, {run.DoubledPosts.Count} twice: {report}");
        output.WriteLine(told);
        Console.WriteLine(told);
        // Nobody is sent to a stranger by a node that sends nobody anywhere.
        Assert.True(report.Unserved.Count * 2 < run.Requests, told);
        Assert.True(report.Crossed.Count + run.DoubledPosts.Count == 0,
            $"{told}\n{string.Join('\n', run.DoubledPosts)}\n{string.Join('\n', run.Faults)}");
        Assert.True(report.Illegal.Count == 0,
            $"{told}\n{string.Join('\n', run.Faults)}\n{string.Join('\n', report.Illegal.Take(3))}\n{run.Logs}");
        Assert.True(report.SecondTimeouts.Count == 0,
            $"{told}\n{string.Join('\n', run.Faults)}\n{string.Join('\n', report.SecondTimeouts.Take(3))}\n{run.Logs}");
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable($"CLUSTERLB_HISTORY_{name}"), CultureInfo.InvariantCulture, out var value)
            ? value
            : usual;
}
