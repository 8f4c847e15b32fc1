using System.Net;
using System.Net.Sockets;

namespace ClusterLb.DataPlane.Transport;

/// <summary>A bound address of one loop.</summary>
internal interface IListener : IDisposable
{
    IPEndPoint EndPoint { get; }

    /// <summary>
    /// Those behind it, as the system has them; of one that was taken over from a process with more loops there are several.
    /// </summary>
    IReadOnlyList<Socket> Sockets { get; }

    /// <summary>A client waits in the kernel's queue: asks the kernel, for when nobody accepts.</summary>
    bool HasWaiting { get; }

    /// <summary>
    /// From now on the kernel takes clients, who wait in its queue until <see cref="Resume"/>. Until then it refuses them. Again it does
    /// nothing.
    /// </summary>
    /// <exception cref="SocketException">Somebody else has taken the address since it was bound.</exception>
    void Listen();

    /// <summary>Clients are this one's from now on.</summary>
    void GiveTo(IConnectionHandler handler);

    /// <summary>Accepts until <see cref="Pause"/>.</summary>
    void Resume();

    /// <summary>Leaves new connections in the kernel's queue.</summary>
    void Pause();

    /// <summary>
    /// Accepts what the kernel has already completed, then closes: a client whose connect succeeded is served. Who only disposes of it has
    /// them reset.
    /// </summary>
    void Close();
}

/// <summary>Takes an accepted connection, on its loop.</summary>
internal interface IConnectionHandler
{
    /// <summary>
    /// Takes no more at the moment; asked before each accept, and answered by <see cref="IListener.Resume"/> when that has changed.
    /// </summary>
    bool IsFull { get; }

    void Accepted(Connection connection);

    /// <summary>The process has no descriptors left; accepting pauses for a moment.</summary>
    void AcceptFailed(string reason);
}
