using System.Net;
using System.Net.Sockets;
using ClusterLb.DataPlane;

namespace ClusterLb.Node.Takeover;

/// <summary>A socket on its way from one process to another.</summary>
/// <param name="What">Who accepts from it.</param>
/// <param name="Socket">Whoever has the record closes it, or gives it to whoever does.</param>
internal sealed record HandedSocket(GivenSocket What, Socket Socket)
{
    public static HandedSocket Of(ListeningSocket one) =>
        new(new GivenSocket(SocketRole.Listener, one.Listener, one.Bind.ToString(), one.AlsoIPv4), one.Socket);

    /// <summary>Null = it is not a listener's.</summary>
    public ListeningSocket? ToListener() => What.Role == SocketRole.Listener && IPEndPoint.TryParse(What.Bind, out var bind)
        ? new ListeningSocket(What.Name, bind, What.AlsoIPv4, Socket)
        : null;

    /// <summary>Whether it is what a port of this role and address would bind.</summary>
    public bool IsOf(string role, IPEndPoint bind, bool alsoIPv4) =>
        What.Role == role && What.Bind == bind.ToString() && What.AlsoIPv4 == alsoIPv4;
}
