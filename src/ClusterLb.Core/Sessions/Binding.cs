namespace ClusterLb.Core.Sessions;

/// <summary>Where a session is. The higher version wins everywhere, whatever order nodes hear of bindings in.</summary>
/// <param name="Backend"><see cref="Backends.Backend.Key"/>; 0 = nowhere: it was evicted, and its cookie says nothing any more.</param>
/// <param name="Version">
/// 0 = where the hash or the session's cookie says, which nobody needs to be told; 1 when first bound, one more with every move.
/// </param>
/// <param name="ExpiresAt">Unix seconds; a use renews it.</param>
public readonly record struct Binding(SessionKey Session, ulong Backend, uint Version, uint ExpiresAt)
{
    public bool IsEvicted => Backend == 0;

    /// <summary>A note of this node's own that it has met the session: no other node, no actor and no store knows of it.</summary>
    public bool IsLocal => Version == 0;

    /// <summary>Of two first bindings of one session, made by nodes that could not ask each other, both sides keep the same.</summary>
    public bool Overrules(in Binding other) => Version != other.Version ? Version > other.Version : Backend > other.Backend;

    public bool IsExpired(uint nowSeconds) => ExpiresAt <= nowSeconds;
}
