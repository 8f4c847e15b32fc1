namespace ClusterLb.Faults.History;

public enum AbsenceKind
{
    /// <summary>Nobody listened.</summary>
    Killed,

    /// <summary>It took connections and answered nothing.</summary>
    Frozen,

    /// <summary>Nobody did anything to it; it, or the clients, got no time from the machine.</summary>
    StoodStill,

    /// <summary>A node went by the cluster's word that it was gone.</summary>
    HeldDown,
}

/// <summary>A time during which a backend was gone.</summary>
/// <param name="Backend">Its name.</param>
/// <param name="Kind">How it was gone.</param>
/// <param name="From">Milliseconds on the run's clock.</param>
/// <param name="Until">Likewise.</param>
public sealed record Absence(string Backend, AbsenceKind Kind, double From, double Until)
{
    /// <summary>Gone for this node alone; empty = for all.</summary>
    public string Node { get; init; } = "";

    public bool Touches(double from, double until) => From <= until && from <= Until;
}
