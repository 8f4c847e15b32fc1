namespace ClusterLb.Core.Backends;

/// <summary>
/// What admin state, active verdict, passive ejection and local path add up to. Only <see cref="Up"/> and <see cref="Trial"/> take new
/// work.
/// </summary>
public enum EffectiveState
{
    /// <summary>No verdict yet. Takes work only while its whole pool is new.</summary>
    Unknown,
    Up,

    /// <summary>Its ejection is over; one request at a time may prove it well.</summary>
    Trial,

    /// <summary>The cluster says so.</summary>
    Down,

    /// <summary>Real traffic failed on it.</summary>
    Ejected,

    /// <summary>Others reach it, this node does not.</summary>
    Unreachable,
    Draining,
    Drained,
    Maintenance,
}
