using System.Diagnostics;
using System.Globalization;
using ClusterLb.ControlPlane.Tests.Membership;
using ClusterLb.Core.Sessions;
using Xunit.Abstractions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

/// <summary>How much three nodes in one process do; printed, and bounded by nothing but that all of it is done.</summary>
public sealed class SessionThroughputTests(ITestOutputHelper output)
{
    private const int Notes = 300_000;
    private const int Claims = 15_000;
    private const int Moves = 6_000;
    private const int Callers = 64;

    [Fact]
    public async Task Notes_claims_and_moves_of_three_nodes()
    {
        await using var cluster = await TestCluster.StartAsync(3);

        await MeasureAsync("notes", Notes, async () =>
        {
            await Task.WhenAll(cluster.Nodes.Select((node, i) => NoteAsync(node, i * (Notes / 3), Notes / 3)));
            await Patience.Until(() => cluster.Nodes.All(node => node.Bindings.Count + node.Bindings.Displaced >= Notes));
        });

        var bound = new Binding[Claims];
        await MeasureAsync("claims", Claims, () => EachAsync(
            cluster, Claims, async (node, i) =>
                bound[i] = await AnsweredAsync(() => node.Sessions.ClaimAsync(Bindings.Key(Notes + i), node.Pool.Members[0]))));
        await MeasureAsync("moves", Moves, () => EachAsync(
            cluster, Moves, async (node, i) =>
                Assert.Equal(2u, (await AnsweredAsync(() => node.Sessions.MoveAsync(bound[i], "app"))).Version)));

        await Patience.Until(() => cluster.Nodes.All(node => node.Bindings.Count + node.Bindings.Displaced >= Notes + Claims));
        foreach (var node in cluster.Nodes) output.WriteLine(node.Commands.Sessions.Counts.ToString());
        Assert.All(cluster.Nodes, node => Assert.Equal(0, node.Commands.Sessions.Counts.NotesDropped));
    }

    /// <summary>Who is not answered in time asks again, as a session's next request does: on a busy machine some are not.</summary>
    private static async Task<Binding> AnsweredAsync(Func<Task<Binding?>> ask)
    {
        Binding? answer = null;
        await Patience.Until(async () => (answer = await ask()) is not null);
        return answer!.Value;
    }

    /// <summary>As fast as they are taken.</summary>
    private static async Task NoteAsync(TestClusterNode node, int start, int count)
    {
        for (var i = 0; i < count; i++)
        {
            node.Sessions.Note(Bindings.Of(start + i));
            if (i % 20_000 == 19_999) await Patience.Until(() => node.Known(Bindings.Key(start + i)) is not null);
        }
    }

    private static Task EachAsync(TestCluster cluster, int count, Func<TestClusterNode, int, Task> call)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                await call(cluster.Nodes[caller % cluster.Nodes.Count], i);
        })));
    }

    private async Task MeasureAsync(string what, int count, Func<Task> run)
    {
        var (began, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        await run();
        var (elapsed, used) = (Stopwatch.GetElapsedTime(began), Process.GetCurrentProcess().TotalProcessorTime - cpu);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {count / elapsed.TotalSeconds:N0}/s, "
            + $"{used.TotalMicroseconds / count:N1} µs of CPU each in all nodes together, {count} in {elapsed.TotalSeconds:N1} s"));
    }
}
