using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane;
using ClusterLb.Node.Admin;
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

    private NodeConfig Config => reload.InForce.Node;

    public async Task<IReadOnlyList<HandedSocket>> CopySocketsAsync()
    {
        node.IsGivingWay = true;
        // What it listens with stays as it is from here on.
        await reload.FinishAsync();
        return [.. (await dataPlane.CopySocketsAsync()).Select(HandedSocket.Of), .. admin.Copy(), .. names.CopySockets()];
    }

    public IEnumerable<KnowledgePart> ReadKnowledge() => controlPlane.Knowledge.Read();

    public IEnumerable<KnowledgePart> ReadLastWords() => controlPlane.Knowledge.ReadLast();

    public void Stay() => node.IsGivingWay = false;

    public async Task StepBackAsync()
    {
        _steppedBackAt = time.GetTimestamp();
        await dataPlane.HandOverAsync(Config.DrainDelay);
        admin.Door.Close();
        await names.PauseAsync();
    }

    public Task LeaveClusterAsync() => controlPlane.LeaveAsync();

    public async Task ReturnAsync(IReadOnlyList<HandedSocket> copies)
    {
        await dataPlane.TakeBackAsync([.. copies.Select(copy => copy.ToListener()).OfType<ListeningSocket>()]);
        // It has the sockets of its own ports still.
        admin.Door.Open();
        names.Bind((role, bind, alsoIPv4) => copies.FirstOrDefault(copy => copy.IsOf(role, bind, alsoIPv4))?.Socket);
        names.Start();
        controlPlane.Start(reload);
        Stay();
    }

    public void Succeed(int process) => _givenTo.TrySetResult(process);

    public void Announce(string what) => journal.Announce(Name, what);
}
