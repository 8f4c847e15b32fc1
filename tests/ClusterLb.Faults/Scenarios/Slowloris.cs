using System.Net;
using System.Net.Sockets;
using ClusterLb.Faults.Clients;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>Clients that never finish a request cost the others nothing, and little memory.</summary>
internal sealed class Slowloris : IScenario
{
    private const int Connections = 5_000;

    /// <summary>16 KiB for each, and some: no client may be worth more.</summary>
    private const int MostMebibytes = 128;

    private static readonly ReadOnlyMemory<byte> s_head = "GET /app/slowloris HTTP/1.1\r\nHost: a\r\nX-Slow: "u8.ToArray();
    private static readonly ReadOnlyMemory<byte> s_more = "a"u8.ToArray();

    public string Name => "slowloris";

    public string Summary => "5,000 connections to one node, each of which sends its head a byte a second and never ends it";

    public async Task RunAsync(Trial trial)
    {
        var node = trial.Cluster.Nodes[0];
        var (before, peak) = (node.Footprint(), 0);
        var sockets = new List<Socket>();
        trial.Begin();
        try
        {
            await OpenAsync(trial, node.Plan.Web.EndPoint, sockets);
            var all = sockets.Count;
            while (trial.Now - trial.Began < trial.During.TotalMilliseconds)
            {
                sockets.RemoveAll(socket => !Drips(socket));
                peak = Math.Max(peak, node.Footprint().Mebibytes);
                await Task.Delay(1_000, trial.Stop);
            }

            trial.Note($"{all} connections, {sockets.Count} of them left; {node.Name} had {before.Mebibytes} MiB before, {peak} at most");
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }

        trial.End();
        if (peak - before.Mebibytes > MostMebibytes) trial.Violate($"{node.Name} took {peak - before.Mebibytes} MiB more");
    }

    private static async Task OpenAsync(Trial trial, IPEndPoint to, List<Socket> sockets)
    {
        var source = new IPEndPoint(trial.Cluster.Network.SourceOf(9_999), 0);
        while (sockets.Count < Connections && trial.Now - trial.Began < trial.During.TotalMilliseconds)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            var socket = await Sockets.ConnectAsync(source, to, patience.Token);
            sockets.Add(socket);
            await socket.SendAsync(s_head, trial.Stop);
        }
    }

    /// <summary>Another byte; false when the node has closed it.</summary>
    private static bool Drips(Socket socket)
    {
        try
        {
            return socket.Send(s_more.Span) == 1;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }
    }
}
