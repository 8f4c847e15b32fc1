namespace ClusterLb.DataPlane.Transport;

/// <summary>Hears that a peer went away while its connection waited for something else.</summary>
internal interface IHangupObserver
{
    /// <param name="connection">Whose peer it was.</param>
    /// <param name="broken">True for a reset; false for an orderly close of its sending side, after which it may still read.</param>
    void PeerClosed(Connection connection, bool broken);
}
