using ClusterLb.ControlPlane.Backends;
using Akka.Actor;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Tests;

/// <summary>Agents that a test plays; the first is this node's own.</summary>
internal sealed class TestPeers(params IActorRef[] agents) : IPeers
{
    public IReadOnlyList<ICanTell> All => agents;

    public IReadOnlyList<ICanTell> Others => agents[1..];

    public IReadOnlyList<Neighbour> Neighbours => [.. agents[1..].Select(agent => new Neighbour(agent.Path.Address.ToString(), agent))];

    /// <summary>Every actor of a test is on the first of the others.</summary>
    public ICanTell AgentBeside(IActorRef actor) => agents[1];
}

/// <summary>A node that is only facts.</summary>
internal sealed class TestNode : ILocalNode
{
    public string Phase { get; private set; } = "ready";

    public string Fingerprint { get; init; } = "test";

    public bool IsServing { get; set; } = true;

    public NodeFacts Read() => new(Phase, Fingerprint, 1, 0, 0, 0, 0);

    public void Drain() => Phase = "draining";

    public void Ready() => Phase = "ready";
}
