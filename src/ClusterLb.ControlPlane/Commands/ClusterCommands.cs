using ClusterLb.ControlPlane.Events;
using Akka.Actor;
using Akka.Hosting;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Reload;

namespace ClusterLb.ControlPlane.Commands;

/// <summary>
/// What operators ask for and want to see of the cluster, through this node. Any thread; whatever is set in motion goes on when this node
/// is gone.
/// </summary>
public sealed class ClusterCommands
{
    /// <summary>Longer than all nodes may take to read and to confirm.</summary>
    private static readonly TimeSpan s_reload = ReloadCoordinatorActor.Reading + (2 * ReloadCoordinatorActor.Switching);

    private readonly RunningSystem _running;
    private readonly MembershipMemory _members;
    private readonly AdminMemory _admin;
    private readonly OwnReport _own;

    /// <param name="running">Whose actors are asked.</param>
    /// <param name="members">Who is there.</param>
    /// <param name="admin">What is wanted already.</param>
    /// <param name="own">This node as it says that it is.</param>
    /// <param name="sessions">The part about sessions.</param>
    internal ClusterCommands(RunningSystem running, MembershipMemory members, AdminMemory admin, OwnReport own, SessionCommands sessions) =>
        (_running, _members, _admin, _own, Sessions) = (running, members, admin, own, sessions);

    public SessionCommands Sessions { get; }

    /// <summary>The cluster as this node sees it now.</summary>
    public ClusterView Read() => ClusterView.Of(_members, _admin.Intents, _own, _running.Current);

    /// <summary>Asks for something of a backend, on every node.</summary>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public Task<BackendAnswer> AskAsync(BackendCommand command, TimeSpan timeout) =>
        _running.AskAsync<BackendAnswer>(system => ActorRegistry.For(system).Get<AdminStateActor>(), command, timeout);

    /// <summary>Drains a node, or makes it ready again.</summary>
    /// <param name="address">Its <see cref="NodeView.Address"/>.</param>
    /// <param name="isDrain">False = ready.</param>
    /// <param name="timeout">For its answer.</param>
    /// <returns>Its phase now.</returns>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public async Task<string> CommandNodeAsync(string address, bool isDrain, TimeSpan timeout) =>
        (await _running.AskAsync<NodeCommandDone>(system => AgentAt(system, address), new NodeCommand(isDrain), timeout)).Phase;

    /// <summary>
    /// Has every node read its files, and all follow or none. Whoever is told to switch does so whatever becomes of this node.
    /// </summary>
    /// <param name="isDryRun">Files are only read and compared.</param>
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    public Task<ReloadAllAnswer> ReloadAsync(bool isDryRun) => _running.AskAsync<ReloadAllAnswer>(
        system => ActorRegistry.For(system).Get<ReloadCoordinatorActor>(), new ReloadAll(isDryRun), s_reload);

    /// <summary>The last decisions of every node that answers in time, oldest first.</summary>
    public async Task<IReadOnlyList<ClusterEventEntry>> ReadEventsAsync(TimeSpan timeout)
    {
        var others = Read().Nodes.Skip(1).Where(node => node.IsReachable).Select(node => EventsOfAsync(node.Address, timeout));
        var all = (await Task.WhenAll(others)).SelectMany(events => events).Concat(_members.Events.Read());
        return [.. all.OrderBy(entry => entry.UtcMilliseconds).TakeLast(EventJournal.Capacity)];
    }

    private async Task<IReadOnlyList<ClusterEventEntry>> EventsOfAsync(string address, TimeSpan timeout)
    {
        try
        {
            return (await _running.AskAsync<EventsReport>(system => AgentAt(system, address), new EventsRequest(), timeout)).Events;
        }
        catch (TimeoutException)
        {
            return [];
        }
    }

    private static ActorSelection AgentAt(ActorSystem system, string address) =>
        system.ActorSelection(new RootActorPath(Address.Parse(address)) / "user" / ClusterPeers.AgentName);
}
