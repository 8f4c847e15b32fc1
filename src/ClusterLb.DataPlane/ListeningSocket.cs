using System.Net;
using System.Net.Sockets;
using ClusterLb.DataPlane.Transport.Epoll;

namespace ClusterLb.DataPlane;

/// <summary>
/// A socket that a listener accepts from, in the hands of somebody else: clients are refused only when all who have it have closed it, and
/// who waits in its queue is served by whoever accepts first.
/// </summary>
/// <param name="Listener">The name of the listener.</param>
/// <param name="Bind">As the listener is configured; port 0 = the system chose.</param>
/// <param name="AlsoIPv4">Of <c>[::]</c>: IPv4 clients arrive here, too.</param>
/// <param name="Socket">It listens. Whoever takes the record over closes it.</param>
public sealed record ListeningSocket(string Listener, IPEndPoint Bind, bool AlsoIPv4, Socket Socket)
{
    /// <summary>Another descriptor of the same socket. Linux.</summary>
    /// <exception cref="SocketException">There is no descriptor left.</exception>
    public static Socket Copy(Socket socket)
    {
        var copy = Native.fcntl((int)socket.Handle, Native.F_DUPFD_CLOEXEC, 0);
        if (copy < 0) throw new SocketException((int)SocketError.TooManyOpenSockets);
        return new Socket(new SafeSocketHandle(copy, ownsHandle: true));
    }

    /// <summary>Whether it is what a listener of this name and address would bind.</summary>
    internal bool IsOf(string listener, IPEndPoint bind, bool alsoIPv4) =>
        (Bind.Equals(bind), AlsoIPv4) == (true, alsoIPv4) && (bind.Port != IPEndPoint.MinPort || Listener == listener);
}
