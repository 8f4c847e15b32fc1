namespace ClusterLb.Node.Dns.Serving;

/// <summary>A UDP port that one thread waits at: it takes a datagram and may answer that one before it takes the next.</summary>
internal interface IDatagrams : IDisposable
{
    /// <summary>The address of whoever sent the last one, 4 or 16 bytes.</summary>
    ReadOnlySpan<byte> Sender { get; }

    /// <summary>Waits for the next one.</summary>
    /// <returns>Its bytes; negative = there is none this time, for a reason that passes.</returns>
    /// <exception cref="ObjectDisposedException">The port is closed.</exception>
    int Receive(Span<byte> datagram);

    /// <summary>
    /// To the sender of the last one, from the address that it was sent to. One that cannot be sent is lost, as any may be.
    /// </summary>
    void Answer(ReadOnlySpan<byte> datagram);

    /// <summary>Ends the waiting of the other thread. Any thread.</summary>
    void Close();
}
