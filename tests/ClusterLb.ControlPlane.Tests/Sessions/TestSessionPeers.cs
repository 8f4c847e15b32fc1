using Akka.Actor;
using ClusterLb.ControlPlane.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

/// <summary>Exchanges that a test plays.</summary>
internal sealed class TestSessionPeers(params IActorRef[] others) : ISessionPeers
{
    private volatile IReadOnlyList<SessionPeer> _others = [.. others.Select(PeerOf)];

    public IReadOnlyList<SessionPeer> Others => _others;

    /// <summary>In a cluster with all of them; or met outside of one.</summary>
    public bool IsInCluster { get; set; } = true;

    public MembershipPhase Phase => !IsInCluster ? MembershipPhase.Outside : Others.Count == 0 ? MembershipPhase.Alone
        : MembershipPhase.Known;

    public void Become(params IActorRef[] nodes) => _others = [.. nodes.Select(PeerOf)];

    private static SessionPeer PeerOf(IActorRef other) => new(other.Path.ToString(), other);
}
