namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The head of a response, final or interim, as all versions of HTTP have it (RFC 9110). Filled in place by who reads the bytes of one
/// version, as <see cref="Request"/> is.
/// </summary>
/// <param name="mostHeaders">Of one response.</param>
internal sealed class Response(int mostHeaders)
{
    public HeaderTable Headers { get; } = new(mostHeaders);

    /// <summary>100 to 999; 0 = none yet.</summary>
    public int Status { get; set; }

    /// <summary>1xx but 101: another head follows.</summary>
    public bool IsInterim => Status is < 200 and not 101;

    /// <summary>Where <see cref="Reason"/> stands.</summary>
    public Slice ReasonAt { get; set; }

    /// <summary>The words beside the status, which only HTTP/1 has.</summary>
    public ReadOnlySpan<byte> Reason => ReasonAt.Of(Headers.Bytes);

    public BodyFraming Body { get; set; }

    /// <summary>The Content-Length of a response to HEAD, or of a 304: what GET would have got; -1 = none.</summary>
    public long DescribedLength { get; set; } = -1;

    /// <summary>What a 101 switches to, or a 426 asks for; empty when it does not say.</summary>
    public ReadOnlySpan<byte> UpgradeProtocol =>
        Headers.TryGet(KnownHeader.Upgrade, out var protocol) ? protocol.Of(Headers.Bytes) : default;

    /// <summary>A backend may switch only to what the client offered and its listener allows (RFC 9110 section 7.8).</summary>
    /// <param name="upgrade">The protocol that was passed on; empty = none.</param>
    public bool MayAnswer(byte[] upgrade) => Status != 101 || (upgrade.Length > 0 && Grammar.EqualsIgnoreCase(UpgradeProtocol, upgrade));

    /// <summary>Forgets everything, for the next response.</summary>
    public void Clear()
    {
        (Status, ReasonAt, Body, DescribedLength) = (0, default, default, -1);
        Headers.Clear();
    }
}
