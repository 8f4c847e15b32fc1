using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>One request, or one TCP connection, that is over: what a line of the access log is made of.</summary>
/// <param name="node">This node's name.</param>
/// <param name="now">The wall clock.</param>
internal readonly ref struct AccessEntry(
    RequestRecord record, string node, string listener, PeerAddress peer, Asked asked, DateTimeOffset now)
{
    public RequestRecord Record { get; } = record;

    public string Node { get; } = node;

    public string Listener { get; } = listener;

    /// <summary>Who is at the other end of the connection.</summary>
    public PeerAddress Peer { get; } = peer;

    public Asked Asked { get; } = asked;

    public DateTimeOffset Now { get; } = now;

    /// <summary>Who asked: whom a trusted proxy names, else the peer. As text; returns the bytes written.</summary>
    public int FormatClient(Span<byte> destination)
    {
        var named = Asked.NamedClient;
        if (named.IsEmpty || named.Length > destination.Length) return Peer.Format(destination);
        named.CopyTo(destination);
        return named.Length;
    }
}
