using ClusterLb.Core.Sessions;

namespace ClusterLb.Redis;

/// <summary>The names of all that we keep in Redis. No call has two of them, so each may be on another node of a Redis Cluster.</summary>
/// <param name="prefix">What every key begins with; without braces.</param>
internal sealed class RedisKeys(string prefix)
{
    /// <summary>Says whether Redis still holds what it held a second ago.</summary>
    public string Alive { get; } = $"{prefix}:alive";

    /// <summary>The session alone decides the slot: those of one pool are spread over all nodes.</summary>
    public string Session(SessionKey session) => $"{prefix}:sess:{{{session}}}";

    public string Document(string name) => $"{prefix}:doc:{name}";
}
