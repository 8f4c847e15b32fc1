namespace ClusterLb.ControlPlane.Remoting;

/// <summary>What the cluster port refused since the process began. Any thread.</summary>
public sealed class ClusterPortCounts
{
    private readonly long[] _connections = new long[Enum.GetValues<Refusal>().Length];
    private long _accepted;
    private long _pending;
    private long _serializers;
    private long _manifests;

    /// <summary>Connections of nodes that were let in.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Connections whose other end has not proved yet that it is a node.</summary>
    public long Pending => Interlocked.Read(ref _pending);

    /// <summary>Messages of nodes in a serialization that none of ours uses.</summary>
    public long RefusedSerializers => Interlocked.Read(ref _serializers);

    /// <summary>Messages of nodes that no node of ours sends to another.</summary>
    public long RefusedManifests => Interlocked.Read(ref _manifests);

    public long Refused(Refusal why) => Interlocked.Read(ref _connections[(int)why]);

    internal void Accept() => Interlocked.Increment(ref _accepted);

    internal void Refuse(Refusal why) => Interlocked.Increment(ref _connections[(int)why]);

    internal void Enter() => Interlocked.Increment(ref _pending);

    internal void Leave() => Interlocked.Decrement(ref _pending);

    internal void RefuseSerializer() => Interlocked.Increment(ref _serializers);

    internal void RefuseManifest() => Interlocked.Increment(ref _manifests);
}
