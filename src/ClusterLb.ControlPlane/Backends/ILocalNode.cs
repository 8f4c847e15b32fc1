using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>The process that this control plane runs in. Any thread; must not block.</summary>
public interface ILocalNode
{
    NodeFacts Read();

    /// <summary>Its listeners are open, and it is not to leave: it can follow another configuration.</summary>
    bool IsServing { get; }

    /// <summary>An operator takes the node out: not ready, and every response is its connection's last; it goes on accepting.</summary>
    void Drain();

    /// <summary>Undoes <see cref="Drain"/>.</summary>
    void Ready();
}
