using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Dns;
using ClusterLb.Node.Lifecycle;
using ClusterLb.Node.Reload;
using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Hosting;

/// <summary>The place of a running node, and how it is given to another process.</summary>
/// <param name="reload">Has the configuration in force.</param>
internal sealed class NodePlace(
    NodeState node, DataPlaneHost dataPlane, ControlPlaneHost controlPlane, AdminSockets admin, NodeNames names, ConfigurationReload reload,
    EventJournal journal, TimeProvider time) : IPredecessor
{
    private readonly TaskCompletionSource<int> _givenTo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _steppedBackAt;

    /// <summary>Completes with the number of the process that is the node from then on.</summary>
    public Task<int> GivenTo => _givenTo.Task;

    /// <summary>What is left of the time over which connections end one after the other.</summary>
    public TimeSpan LeftOfFarewell =>
        Config.DrainDelay - time.GetElapsedTime(_steppedBackAt) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public string Name => Config.Name;

    public string? Refusal => node.IsServing ? null : $"the running node is {(node.IsLeaving ? "leaving" : "starting")}";

    /// <summary>Another process is about to take it.</summary>
    public bool IsGivingWay => node.IsGivingWay;

    private NodeConfig Config => reload.InForce.Node;

    public async Task<IReadOnlyList<HandedSocket>> CopySocketsAsync()
    {
        node.IsGivingWay = true;
        // What it listens with stays as it is from here on.
        await reload.FinishAsync();
        var copies = (await dataPlane.CopySocketsAsync()).Select(HandedSocket.Of).ToList();
        try
        {
            foreach (var copy in admin.Copy().Concat(names.CopySockets())) copies.Add(copy);
            return copies;
        }
        catch
        {
            foreach (var copy in copies) copy.Socket.Dispose();
            throw;
        }
    }

    public IEnumerable<KnowledgePart> ReadKnowledge() => controlPlane.Knowledge.Read();

    public IEnumerable<KnowledgePart> ReadLastWords() => controlPlane.Knowledge.ReadLast();

    public void Stay() => node.IsGivingWay = false;

    public async Task StepBackAsync(IReadOnlyList<HandedSocket> copies)
    {
        _steppedBackAt = time.GetTimestamp();
        await dataPlane.HandOverAsync(ListenersOf(copies), Config.DrainDelay);
        admin.Door.Close();
        await names.PauseAsync();
    }

    public Task LeaveClusterAsync() => controlPlane.LeaveAsync();

    public async Task ReturnAsync(IReadOnlyList<HandedSocket> copies)
    {
        await dataPlane.TakeBackAsync(ListenersOf(copies));
        // It has the sockets of its own ports still.
        admin.Door.Open();
        controlPlane.Start(reload);
        AnswerAgain([.. copies.Where(copy => copy.ToListener() is null)]);
        Stay();
    }

    public void Succeed(int process) => _givenTo.TrySetResult(process);

    public void Announce(string what) => journal.Announce(Name, what);

    /// <summary>By the copies of its port, or, when the other process had no use for it, by the port itself, which is free then.</summary>
    private void AnswerAgain(List<HandedSocket> copies)
    {
        try
        {
            names.Bind((role, bind, alsoIPv4) => Claim(copies, role, bind, alsoIPv4)).Start();
        }
        catch (DnsBindException failure)
        {
            Announce($"is back without its answers for the zone: {failure.Message}");
        }

        foreach (var unused in copies) unused.Socket.Dispose();
    }

    private static IReadOnlyList<ListeningSocket> ListenersOf(IReadOnlyList<HandedSocket> copies) =>
        [.. copies.Select(copy => copy.ToListener()).OfType<ListeningSocket>()];

    private static Socket? Claim(List<HandedSocket> copies, string role, IPEndPoint bind, bool alsoIPv4)
    {
        if (copies.Find(copy => copy.IsOf(role, bind, alsoIPv4)) is not { } found) return null;
        copies.Remove(found);
        return found.Socket;
    }
}
