namespace ClusterLb.Core.Backends;

/// <summary>What an operator wants of a backend, apart from whether it is well.</summary>
public enum AdminState
{
    Ready,

    /// <summary>No new work; bound sessions and open connections go on.</summary>
    Draining,

    /// <summary>Draining, and nothing is left.</summary>
    Drained,

    /// <summary>No work at all and no probes.</summary>
    Maintenance,
}
