using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// What a connection goes through before its protocol begins, and may have to wait for: a handshake, a PROXY header. It has its place at
/// the listener meanwhile, holds up nobody else, and counts as a client that owes us something.
/// </summary>
internal interface IAcceptStage
{
    /// <param name="connection">As accepted, or as the stage before gave it.</param>
    /// <returns>The same one, or one that wraps it; null = it is not to be served, and closed.</returns>
    LoopTask<Connection?> PassAsync(Connection connection);
}
