using System.Globalization;
using Akka.Cluster.Sharding;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// Which shard a session is in: its highest bits say. Never to be changed while nodes run, or two actors would hold one session.
/// </summary>
internal sealed class SessionExtractor : IMessageExtractor
{
    private const int Bits = 6;

    private static readonly string[] s_shards =
        [.. Enumerable.Range(0, Shards).Select(shard => shard.ToString(CultureInfo.InvariantCulture))];

    public static int Shards => 1 << Bits;

    /// <summary>A session that no client has, one of each shard: asking for it gives the shard a home.</summary>
    public static SessionKey Probe(int shard) => new(((ulong)shard << (64 - Bits)) | 1);

    public string? EntityId(object message) => (message as ISessionMessage)?.Session.ToString();

    public object? EntityMessage(object message) => message as ISessionMessage;

    public string? ShardId(object message) => message is ISessionMessage addressed ? ShardOf(addressed.Session) : null;

    public string ShardId(string entityId, object? messageHint = null) =>
        SessionKey.TryParse(entityId, out var session) ? ShardOf(session) : "";

    private static string ShardOf(SessionKey session) => s_shards[session.Value >> (64 - Bits)];
}
