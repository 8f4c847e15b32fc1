using System.Globalization;

namespace ClusterLb.Faults.Ledger;

/// <summary>One request as its client saw it.</summary>
/// <param name="Id">Nobody else's.</param>
/// <param name="Client">Its number.</param>
/// <param name="Method">Of HTTP; LINE over TCP.</param>
/// <param name="Due">When it was to be sent, on the run's clock: it waits for nobody, and its latency counts from here.</param>
/// <param name="End">After the last byte of its answer, or when it had failed.</param>
/// <param name="Node">The one that was asked last.</param>
/// <param name="Failure">None = it has a backend's answer.</param>
internal sealed record Request(string Id, int Client, string Method, double Due, double End, string Node, Failure Failure)
{
    /// <summary>Null without a session.</summary>
    public int? Session { get; init; }

    /// <summary>Of HTTP; 0 = none.</summary>
    public int Status { get; init; }

    /// <summary>Of the answer.</summary>
    public Stamp? Stamp { get; init; }

    /// <summary>Everything after the stamp was as its backend wrote it.</summary>
    public bool IsIntact { get; init; } = true;

    /// <summary>Whom the connection was with as far as answers before have told, over TCP; empty = not known.</summary>
    public string Peer { get; init; } = "";

    /// <summary>How often its client sent it, to whichever node.</summary>
    public int Tries { get; init; } = 1;

    public bool IsServed => Failure == Failure.None;

    /// <summary>It may be sent again by whoever does not know what became of it (RFC 9110 9.2.2).</summary>
    public bool IsIdempotent => Method is "GET" or "PUT";

    public bool Touches(double from, double until) => Due <= until && End >= from;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Method} {Id} at {Node} {Due:F0}..{End:F0}: {(IsServed ? $"served by {Stamp?.Backend}" : $"{Failure} {Status}")}, "
            + $"{Tries} {(Tries == 1 ? "try" : "tries")}");
}
