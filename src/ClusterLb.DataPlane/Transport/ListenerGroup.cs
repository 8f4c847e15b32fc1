using System.Net;
using System.Net.Sockets;

namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// Several listening sockets of one address on one loop: what a process with fewer loops makes of those of one with more. Clients wait in
/// the queue of each, so none may be closed for another.
/// </summary>
internal sealed class ListenerGroup(IReadOnlyList<IListener> members) : IListener
{
    public IPEndPoint EndPoint => members[0].EndPoint;

    public IReadOnlyList<Socket> Sockets { get; } = [.. members.SelectMany(member => member.Sockets)];

    public bool HasWaiting => members.Any(member => member.HasWaiting);

    /// <param name="sockets">At least one; the loop's own from here on.</param>
    public static IListener Adopt(EventLoop loop, IReadOnlyList<Socket> sockets, IConnectionHandler handler) => sockets.Count == 1
        ? loop.Adopt(sockets[0], handler)
        : new ListenerGroup([.. sockets.Select(socket => loop.Adopt(socket, handler))]);

    public void Listen() => Each(static member => member.Listen());

    public void GiveTo(IConnectionHandler handler)
    {
        foreach (var member in members) member.GiveTo(handler);
    }

    public void Resume() => Each(static member => member.Resume());

    public void Pause() => Each(static member => member.Pause());

    public void Close() => Each(static member => member.Close());

    public void Dispose() => Each(static member => member.Dispose());

    private void Each(Action<IListener> action)
    {
        foreach (var member in members) action(member);
    }
}
