using System.Net;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Health;

/// <summary>What nodes call the server behind a backend among themselves: nodes may find different ones under one name.</summary>
internal static class ServerName
{
    /// <summary>Its address, or the backend's name where this node knows no address.</summary>
    public static string Of(Backend backend) => backend.NameProblem.Length > 0 ? backend.Address : backend.EndPoint.ToString();

    public static string Of(BackendConfig backend) => backend.NameProblem.Length > 0 ? backend.Address : backend.EndPoint.ToString();

    /// <summary>Whether it is the server that this node dials. One that has no address here cannot be another one.</summary>
    /// <param name="server">As a node called it; empty = a node of before did not say.</param>
    /// <param name="backend">Of this node.</param>
    public static bool IsOf(string server, Backend backend) => IsNameOf(server, backend) || IsAddressOf(server, backend);

    /// <summary>The node that called it so knew no address.</summary>
    public static bool IsNameOf(string server, Backend backend) => server == backend.Address && !IPEndPoint.TryParse(server, out _);

    public static bool IsAddressOf(string server, Backend backend) =>
        server.Length == 0 || backend.NameProblem.Length > 0 || backend.Addresses.Any(address => server == address.ToString());

    /// <summary>Only what is given by name may be another server elsewhere.</summary>
    public static bool MayDiffer(Backend backend) => backend.NameProblem.Length == 0 && !IPEndPoint.TryParse(backend.Address, out _);
}
