using System.Globalization;
using System.Net;
using ClusterLb.Faults.Clients;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>Everybody connects at once, as after an outage of a network; whoever was there before is served as before.</summary>
internal sealed class AcceptStorm : IScenario
{
    private const int Connections = 10_000;
    private const int AtOnce = 2_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public string Name => "accept-storm";

    public string Summary => "10,000 connections as fast as they can be made, each for one request";

    public async Task RunAsync(Trial trial)
    {
        var web = trial.Cluster.Nodes.Select(node => node.Plan.Web.EndPoint).ToList();
        var source = new IPEndPoint(trial.Cluster.Network.SourceOf(9_999), 0);
        trial.Begin();
        var refused = 0;
        using var room = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async number =>
        {
            await room.WaitAsync(trial.Stop);
            try
            {
                if (!await IsServedAsync(source, web[number % web.Count], number)) Interlocked.Increment(ref refused);
            }
            finally
            {
                room.Release();
            }
        }));
        trial.End();
        trial.Note($"{Connections} connections in {(trial.Ended - trial.Began) / 1000:F1} s, {refused} of them without an answer");
        if (refused > 0) trial.Violate($"{refused} of {Connections} were not answered");
    }

    private static async Task<bool> IsServedAsync(IPEndPoint from, IPEndPoint to, int number)
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            using var connection = await new HttpProtocol().ConnectAsync(from, to, patience.Token);
            var question = new Question(string.Create(CultureInfo.InvariantCulture, $"/app/storm/{number}"), "GET", 0, null);
            return (await connection.AskAsync(question, patience.Token)).Failure == Failure.None;
        }
        catch (Exception failure) when (failure is System.Net.Sockets.SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
