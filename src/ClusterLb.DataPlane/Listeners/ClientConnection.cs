using ClusterLb.Core.Backends;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>A client being served, as its listener sees it. Used on its loop.</summary>
internal abstract class ClientConnection : IHangupObserver
{
    // Of the ClientTable alone: the links are its own fields, so that a client who comes and goes allocates nothing for them.
    internal ClientConnection? Previous;
    internal ClientConnection? Next;
    internal ClientAddress? Address;

    /// <summary>Where its listener counted it by its address.</summary>
    internal ClientGauge? CountedBy;

    /// <summary>
    /// Since when the client owes us the rest of a request, monotonic milliseconds; <see cref="long.MaxValue"/> = it does not.
    /// </summary>
    public abstract long WaitsFrom { get; }

    /// <summary>
    /// Since when the client has not taken what it asked for, monotonic milliseconds; <see cref="long.MaxValue"/> = it has.
    /// </summary>
    public abstract long StallsFrom { get; }

    /// <summary>A request came over a connection that had carried one before: it is in steady use, or was.</summary>
    public bool HasReturned { get; protected set; }

    /// <summary>Runs from accept to close; never throws for what a peer did.</summary>
    public abstract LoopTask<bool> ServeAsync();

    /// <inheritdoc/>
    public abstract void PeerClosed(Connection connection, bool broken);

    /// <summary>Ends as soon as nothing is under way.</summary>
    public abstract void Drain();

    /// <summary>
    /// Ends its current work if that is on this backend, and its connection with it unless another
    /// answer is possible; false when it is not. It goes on from the loop's next turn only.
    /// </summary>
    public abstract bool Cut(Backend backend);

    public abstract void Close();

    /// <summary>Makes room for others. It goes on from the loop's next turn only.</summary>
    public abstract void Evict();
}
