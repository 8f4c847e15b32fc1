namespace ClusterLb.DataPlane.Transport;

/// <summary>What a send that waits for room has yet to send.</summary>
internal readonly struct PendingSend(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
{
    /// <param name="sent">Bytes of both that have gone already.</param>
    public PendingSend(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, int sent)
        : this(first[Math.Min(sent, first.Length)..], second[Math.Max(sent - first.Length, 0)..])
    {
    }

    public ReadOnlyMemory<byte> First => first;

    public ReadOnlyMemory<byte> Second => second;

    public bool IsEmpty => first.IsEmpty && second.IsEmpty;

    public PendingSend After(int sent) => new(first, second, sent);
}
