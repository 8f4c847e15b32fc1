using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Health;

/// <summary>
/// The one function that adds up what is known about a backend. What an operator wants comes first, then the cluster's word, then this
/// node's.
/// </summary>
public static class Effective
{
    /// <param name="admin">The operator's wish; anything but Ready decides alone.</param>
    /// <param name="active">The verdict of the checks. GoingDown still counts as up, GoingUp still as down.</param>
    /// <param name="passive">What real traffic did to it on this node.</param>
    /// <param name="localPath">False when this node alone cannot reach it.</param>
    public static EffectiveState Of(AdminState admin, ActiveHealth active, PassivePhase passive, bool localPath) => admin switch
    {
        AdminState.Maintenance => EffectiveState.Maintenance,
        AdminState.Drained => EffectiveState.Drained,
        AdminState.Draining => EffectiveState.Draining,
        _ => OfReady(active, passive, localPath),
    };

    private static EffectiveState OfReady(ActiveHealth active, PassivePhase passive, bool localPath)
    {
        if (active is ActiveHealth.Down or ActiveHealth.GoingUp) return EffectiveState.Down;
        if (passive == PassivePhase.Ejected) return EffectiveState.Ejected;
        if (!localPath) return EffectiveState.Unreachable;
        if (active == ActiveHealth.Unknown) return EffectiveState.Unknown;
        return passive == PassivePhase.Trial ? EffectiveState.Trial : EffectiveState.Up;
    }
}
