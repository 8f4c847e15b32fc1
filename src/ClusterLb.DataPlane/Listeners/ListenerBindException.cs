using System.Net;
using System.Net.Sockets;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>A listener's address cannot be bound. The message is for the operator.</summary>
public sealed class ListenerBindException(string listener, IPEndPoint bind, SocketException cause)
    : Exception($"listener '{listener}' cannot bind {bind}: {Describe(cause)}", cause)
{
    /// <summary>Its name.</summary>
    public string Listener { get; } = listener;

    private static string Describe(SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the address is in use by another process",
        SocketError.AddressNotAvailable => "this machine does not have that address",
        SocketError.AccessDenied => "not permitted; ports below 1024 need the right to bind them",
        _ => cause.Message,
    };
}
