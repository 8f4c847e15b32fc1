using System.Collections.Concurrent;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Routing;

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

    /// <summary>Backends that are not configured any more and may have work here still.</summary>
    internal ConcurrentDictionary<BackendLoad, LeavingBackend> Leaving { get; } = new();

    /// <summary>What is removed finishes the work that it has, for as long as its pool lets a drain last.</summary>
    /// <param name="change">Of the table.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    internal void Leave(TableChange change, long now)
    {
        foreach (var gone in change.Removed)
        {
            var patience = change.From.Find(gone.Pool)!.Config.DrainTimeout;
            Leaving[gone.Load] = new LeavingBackend(gone, now + (long)patience.TotalMilliseconds);
        }
    }

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

/// <param name="Backend">As it was last configured.</param>
/// <param name="Deadline">Monotonic milliseconds at which this node ends what work it has there.</param>
internal sealed record LeavingBackend(Backend Backend, long Deadline);
