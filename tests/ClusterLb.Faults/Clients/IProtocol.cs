using System.Net;
using ClusterLb.Faults.Ledger;

namespace ClusterLb.Faults.Clients;

/// <summary>How clients speak to a listener: one file each; TLS and HTTP/2 are to be others.</summary>
internal interface IProtocol
{
    /// <summary>Of what it sends when it asks; null = any of HTTP's.</summary>
    string? Method { get; }

    /// <exception cref="System.Net.Sockets.SocketException">Nobody took it.</exception>
    Task<IConnection> ConnectAsync(IPEndPoint from, IPEndPoint to, CancellationToken patience);
}

/// <summary>A connection to a node, for one request after the other.</summary>
internal interface IConnection : IDisposable
{
    /// <summary>Another request may be sent by it: it was not closed, and nothing came that nobody asked for.</summary>
    bool IsUsable { get; }

    Task<Answer> AskAsync(Question question, CancellationToken patience);
}

/// <param name="Id">Nobody else's; of HTTP it is the path.</param>
/// <param name="Method">Of HTTP; LINE over TCP.</param>
/// <param name="Bytes">To be answered beside the stamp.</param>
/// <param name="Session">Null without one.</param>
internal sealed record Question(string Id, string Method, int Bytes, int? Session)
{
    /// <summary>What a backend works on a request, in milliseconds.</summary>
    public const int Work = 5;
}

/// <param name="Failure">None = from a backend.</param>
/// <param name="Status">Of HTTP; 0 = none.</param>
/// <param name="Stamp">Null = none, or no sense.</param>
/// <param name="IsIntact">What follows the stamp is all of one letter, the request's.</param>
/// <param name="Peer">The backend of this connection, as far as earlier answers told; empty = not known.</param>
internal sealed record Answer(Failure Failure, int Status = 0, Stamp? Stamp = null, bool IsIntact = true, string Peer = "");
