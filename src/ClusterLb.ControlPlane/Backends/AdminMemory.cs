using System.Collections.Concurrent;
using ClusterLb.ControlPlane.Protocol;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>
/// What operators want of backends and nodes, and how far this node is with it. Outlives ActorSystems. Actors write, any thread reads.
/// </summary>
public sealed class AdminMemory
{
    private volatile bool _isKnown;
    private ulong _digest;
    private ulong _modesDigest;

    /// <summary>This node goes by what operators want, as every node that can be reached and the store outside know it.</summary>
    public bool IsKnown
    {
        get => _isKnown;
        internal set => _isKnown = value;
    }

    /// <summary>Of <see cref="Intents"/>.</summary>
    internal ulong Digest
    {
        get => Volatile.Read(ref _digest);
        set => Volatile.Write(ref _digest, value);
    }

    /// <summary>Of the modes of drains in <see cref="Intents"/>.</summary>
    internal ulong ModesDigest
    {
        get => Volatile.Read(ref _modesDigest);
        set => Volatile.Write(ref _modesDigest, value);
    }

    /// <summary>By backend id or <see cref="AdminIntent.OfNode"/>. Written by their actor only.</summary>
    internal ConcurrentDictionary<string, AdminIntent> Intents { get; } = new();

    /// <summary>How far this node is with drains, by backend id.</summary>
    internal ConcurrentDictionary<string, DrainProgress> Drains { get; } = new();

    /// <summary>In place of what was wanted of it before. By their actor only.</summary>
    internal void Keep(AdminIntent intent)
    {
        var held = Intents.GetValueOrDefault(intent.Backend);
        Digest ^= AdminDigest.Of(held) ^ AdminDigest.Of(intent);
        ModesDigest ^= AdminDigest.OfMode(held) ^ AdminDigest.OfMode(intent);
        Intents[intent.Backend] = intent;
    }

    /// <summary>By an actor that begins: the one before it may have ended between two steps.</summary>
    internal void Recount()
    {
        Digest = AdminDigest.Of(Intents.Values);
        ModesDigest = Intents.Values.Aggregate(0UL, (digest, intent) => digest ^ AdminDigest.OfMode(intent));
    }
}
