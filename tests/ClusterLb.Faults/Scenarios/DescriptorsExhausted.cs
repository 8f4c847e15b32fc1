using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Faults.Clients;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>A node that runs out of descriptors parts with who idles (decision 0024) and lives on.</summary>
internal sealed class DescriptorsExhausted : IScenario
{
    private const int Descriptors = 700;
    private const int Connections = 1_500;

    public string Name => "descriptors-exhausted";

    public string Summary => "a node may have 700 descriptors, and 1,500 idle clients come";

    public async Task RunAsync(Trial trial)
    {
        var node = trial.Cluster.Nodes[2];
        await RestartAsync(trial, node, "prlimit", string.Create(CultureInfo.InvariantCulture, $"--nofile={Descriptors}"), "--");
        var began = trial.Begin();
        var sockets = new List<Socket>();
        try
        {
            var (came, most) = (await ComeAsync(trial, node.Plan.Web.EndPoint, sockets), 0);
            while (trial.Now - trial.Began < trial.During.TotalMilliseconds)
            {
                most = Math.Max(most, node.Footprint().Descriptors);
                await Task.Delay(100, trial.Stop);
            }

            trial.Note($"{came} idle clients came; {node.Name} had {most} descriptors at most");
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }

        trial.Excuse(Excuses.NodeMakesRoom(node.Name, began, trial.End()));
        await RestartAsync(trial, node);
    }

    /// <summary>By SIGTERM, so that nothing is lost by it.</summary>
    private static async Task RestartAsync(Trial trial, Nodes.LoadBalancer node, params string[] limits)
    {
        node.Signal(Processes.Libc.SIGTERM);
        await node.ExitAsync(trial.Stop);
        await node.StartAsync(limits);
        await trial.Cluster.WholeAsync();
    }

    private static async Task<int> ComeAsync(Trial trial, IPEndPoint to, List<Socket> sockets)
    {
        var source = new IPEndPoint(trial.Cluster.Network.SourceOf(9_999), 0);
        for (var i = 0; i < Connections && trial.Now - trial.Began < trial.During.TotalMilliseconds; i++)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            try
            {
                sockets.Add(await Sockets.ConnectAsync(source, to, patience.Token));
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException)
            {
                // They wait in the kernel's queue until there is room.
            }
        }

        return sockets.Count;
    }
}
