using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Health;

/// <summary>The one place where what an operator wants, what checks say and what traffic taught are put together.</summary>
public static class Effective
{
    /// <summary>An operator's word goes first; then the cluster's verdict; then this node's own evidence.</summary>
    public static EffectiveState Of(AdminState admin, ActiveHealth active, PassivePhase passive, bool localPathBroken) => admin switch
    {
        AdminState.Maintenance => EffectiveState.Maintenance,
        AdminState.Drained => EffectiveState.Drained,
        AdminState.Draining => EffectiveState.Draining,
        _ => active switch
        {
            ActiveHealth.Down or ActiveHealth.GoingUp => EffectiveState.Down,
            _ when localPathBroken => EffectiveState.Unreachable,
            _ when passive == PassivePhase.Ejected => EffectiveState.Ejected,
            ActiveHealth.Unknown => EffectiveState.Unknown,
            _ => passive == PassivePhase.Trial ? EffectiveState.Trial : EffectiveState.Up,
        },
    };
}
