using System.Net;
using ClusterLb.Faults.Clients;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>Clients that never finish a request cost the others nothing, and little memory.</summary>
internal sealed class Slowloris : IScenario
{
    private const int Connections = 5_000;

    /// <summary>16 KiB for each, and some: no client may be worth more.</summary>
    private const int MostMebibytes = 128;

    private static readonly byte[] s_head = "GET /app/slowloris HTTP/1.1\r\nHost: a\r\nX-Slow: "u8.ToArray();

    public string Name => "slowloris";

    public string Summary => "5,000 connections to one node, each of which sends its head a byte a second and never ends it";

    public async Task RunAsync(Trial trial)
    {
        var node = trial.Cluster.Nodes[0];
        var before = node.Footprint();
        trial.Begin();
        using var crowd = new Crowd(new IPEndPoint(trial.Cluster.Network.SourceOf(9_999), 0), node.Plan.Web.EndPoint);
        await crowd.ComeAsync(Connections, s_head, trial.Stop);
        var (came, peak) = (crowd.Count, node.Footprint().Mebibytes);
        for (var until = trial.Now + trial.During.TotalMilliseconds; trial.Now < until; await Task.Delay(1_000, trial.Stop))
        {
            crowd.Send("a"u8);
            peak = Math.Max(peak, node.Footprint().Mebibytes);
        }

        trial.End();
        trial.Note($"{came} came, {crowd.Count} were left; {node.Name} had {before.Mebibytes} MiB before, {peak} at most");
        if (peak - before.Mebibytes > MostMebibytes) trial.Violate($"{node.Name} took {peak - before.Mebibytes} MiB more");
    }
}
