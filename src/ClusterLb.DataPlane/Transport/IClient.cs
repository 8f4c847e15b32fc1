namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// Whoever waits for what is asked of a backend: a connection; later a stream of HTTP/2, or a flow of datagrams. Whoever serves it hears
/// when it leaves and says so to what it began, see <see cref="Upstream.Dispatch.ClientLeft"/>. Used on its loop.
/// </summary>
internal interface IClient
{
    PeerAddress Peer { get; }

    /// <summary>It said that nothing more comes from it, or it is gone: it waits in no queue.</summary>
    bool HasLeft { get; }
}
