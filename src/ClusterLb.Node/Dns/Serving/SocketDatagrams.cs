using System.Net;
using System.Net.Sockets;

namespace ClusterLb.Node.Dns.Serving;

/// <summary>
/// With what .NET has on every system. At all addresses of a machine that has several, an answer may leave from another one than was asked,
/// which .NET cannot say; <see cref="LinuxDatagrams"/> can.
/// </summary>
/// <param name="socket">Bound; its own from here on.</param>
internal sealed class SocketDatagrams(Socket socket) : IDatagrams
{
    private readonly SocketAddress _sender = new(socket.AddressFamily);
    private volatile bool _isClosed;

    public ReadOnlySpan<byte> Sender => SenderAddress.Of(_sender.Buffer.Span, _sender.Family == AddressFamily.InterNetworkV6);

    public int Receive(Span<byte> datagram)
    {
        try
        {
            return socket.ReceiveFrom(datagram, SocketFlags.None, _sender);
        }
        catch (SocketException)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return -1;
        }
    }

    public void Answer(ReadOnlySpan<byte> datagram)
    {
        try
        {
            socket.SendTo(datagram, SocketFlags.None, _sender);
        }
        catch (SocketException)
        {
            // As if it had been lost on its way.
        }
    }

    public void Close()
    {
        _isClosed = true;
        socket.Dispose();
    }

    public void Dispose() => Close();
}
