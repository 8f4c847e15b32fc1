namespace ClusterLb.Core.Health;

/// <summary>The verdict of active checks on a backend. GoingDown still takes work, GoingUp does not yet.</summary>
public enum ActiveHealth
{
    Unknown,
    Up,
    GoingDown,
    Down,
    GoingUp,
}
