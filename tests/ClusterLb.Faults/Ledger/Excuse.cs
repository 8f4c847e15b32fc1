namespace ClusterLb.Faults.Ledger;

/// <summary>What a declared fault may cost: these failures, of requests that touch this time. All given must hold.</summary>
/// <param name="Why">In a few words, for the report.</param>
/// <param name="Failures">Those that it explains.</param>
/// <param name="From">On the run's clock.</param>
/// <param name="Until">A request that was due later is not explained.</param>
internal sealed record Excuse(string Why, Failure Failures, double From, double Until)
{
    /// <summary>The node that was asked last; empty = any.</summary>
    public string Node { get; init; } = "";

    /// <summary>Of the request; empty = any.</summary>
    public string Method { get; init; } = "";

    /// <summary>No other backend received it; empty = whoever did.</summary>
    public string Backend { get; init; } = "";

    /// <summary>Those may not fail which anybody may send again.</summary>
    public bool SparesIdempotent { get; init; }

    /// <summary>A backend must have received it.</summary>
    public bool WantsReceipt { get; init; }

    public bool Explains(Request request, IReadOnlyCollection<Receipt> receipts) =>
        (Failures & request.Failure) != Failure.None && request.Touches(From, Until)
        && (Node.Length == 0 || request.Node == Node) && (Method.Length == 0 || request.Method == Method)
        && (Backend.Length == 0 || IsOf(Backend, request, receipts))
        && (!SparesIdempotent || !request.IsIdempotent)
        && (!WantsReceipt || receipts.Count > 0);

    /// <summary>Why a backend may have received a request that it or another one received before.</summary>
    public bool Disturbs(Request request, Receipt receipt) =>
        request.Touches(From, Until) && (Backend.Length == 0 || receipt.Stamp.Backend == Backend)
        && (Node.Length == 0 || request.Tries > 1);

    private static bool IsOf(string backend, Request request, IReadOnlyCollection<Receipt> receipts) =>
        (request.Peer.Length == 0 || request.Peer == backend) && receipts.All(receipt => receipt.Stamp.Backend == backend);
}
