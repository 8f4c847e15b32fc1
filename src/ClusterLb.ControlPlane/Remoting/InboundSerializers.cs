using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster.Serialization;
using Akka.Dispatch.SysMsg;
using Akka.DistributedData.Serialization;
using Akka.Hosting;
using Akka.Remote.Serialization;
using Akka.Serialization;
using Akka.Util;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>
/// Which serializations of other nodes are read: ours, and of Akka's the Protobuf ones that remoting, cluster, sharding, singletons and
/// replicated data use. Everything else is refused, whatever Akka has for it: JSON with the names of types, remote deployment, routers,
/// exceptions by type. What is wrapped in another message goes by the same list. Decision 0016.
/// </summary>
internal static class InboundSerializers
{
    /// <summary>
    /// Akka's and its plugins' own, by their rule; Hyperion is -5. Those that are not in use are refused, also ones to come.
    /// </summary>
    public const int FirstOfAkka = -16;

    /// <inheritdoc cref="FirstOfAkka"/>
    public const int LastOfAkka = 100;

    private static readonly GuardedKind[] s_guarded =
    [
        new(0, "null", system => new NullSerializer(system), [""]),
        new(5, "akka-cluster", system => new ClusterMessageSerializer(system),
        [
            "HB", "HBR", "Akka.Cluster.GossipStatus, Akka.Cluster", "Akka.Cluster.GossipEnvelope, Akka.Cluster",
                "Akka.Cluster.InternalClusterAction+InitJoin, Akka.Cluster",
            "Akka.Cluster.InternalClusterAction+InitJoinAck, Akka.Cluster", "Akka.Cluster.InternalClusterAction+InitJoinNack, Akka.Cluster",
            "Akka.Cluster.InternalClusterAction+Join, Akka.Cluster",
            "Akka.Cluster.InternalClusterAction+Welcome, Akka.Cluster", "Akka.Cluster.InternalClusterAction+ExitingConfirmed, Akka.Cluster",
        ]),
        new(6, "akka-containers", system => new MessageContainerSerializer(system), [""]),
        // Sets of strings, registers and maps with the deltas of maps: keys, admin state, and where shards are.
        new(11, "akka-replicated-data", system => new ReplicatedDataSerializer(system), ["A", "B", "b", "E", "e", "I", "Ig", "i", "L"]),
        new(16, "akka-misc", system => new MiscMessageSerializer(system), ["ID", "AID", "AR", "RWHB", "RWHR"]),
        // Nobody ends, restarts or supervises actors of another node.
        new(22, "akka-system-msg", system => new SystemMessageSerializer(system),
            [.. new[] { typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification) }.Select(type => type.TypeQualifiedName())]),
    ];

    /// <summary>
    /// Akka's that are read whole: replicator, sharding, singletons, numbers and strings. They know no types by name, and what they wrap
    /// goes by this list.
    /// </summary>
    public static FrozenSet<int> Whole { get; } = FrozenSet.Create(12, 13, 14, 17);

    /// <summary>Akka's that are read in part.</summary>
    public static FrozenSet<int> Guarded { get; } = s_guarded.Select(kind => kind.Id).ToFrozenSet();

    public static AkkaConfigurationBuilder WithInboundSerializers(this AkkaConfigurationBuilder builder, ClusterPortCounts counts)
    {
        foreach (var kind in s_guarded)
        {
            builder = builder.WithCustomSerializer(kind.Alias, [],
                system => new GuardedSerializer(system, kind.Id, kind.Make(system), kind.Manifests, counts));
        }

        foreach (var id in Enumerable.Range(FirstOfAkka, LastOfAkka - FirstOfAkka + 1).Except(Whole).Except(Guarded))
            builder = builder.WithCustomSerializer(AliasOf(id), [], system => new RefusedSerializer(system, id, counts));
        return builder;
    }

    /// <summary>As Akka names them, so that nothing is sent in these either.</summary>
    private static string AliasOf(int id) => id switch
    {
        1 => "json",
        2 => "proto",
        3 => "daemon-create",
        4 => "bytes",
        9 => "akka-pubsub",
        15 => "akka-cluster-client",
        36 => "reliable-delivery",
        _ => $"refused{id}",
    };

    private sealed record GuardedKind(int Id, string Alias, Func<ExtendedActorSystem, Serializer> Make, string[] Manifests);
}

/// <summary>
/// Lets through those kinds of message that nodes send each other. Writes what it reads, byte for byte as the one within.
/// </summary>
internal sealed class GuardedSerializer(ExtendedActorSystem system, int id, Serializer within, string[] manifests,
    ClusterPortCounts counts) : SerializerWithStringManifest(system)
{
    // The types that may be asked for are known here: none is looked for by a name that another node chose.
    private readonly FrozenDictionary<string, Type?> _types = manifests.ToFrozenDictionary(
        manifest => manifest, manifest => within is SerializerWithStringManifest || manifest.Length == 0 ? null : Type.GetType(manifest));

    // Akka reads the one within out of settings that come with its extensions, later than this.
    public override int Identifier => id;

    public override string Manifest(object o) => Akka.Serialization.Serialization.ManifestFor(within, o);

    public override byte[] ToBinary(object obj) => within.ToBinary(obj);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!_types.TryGetValue(manifest ?? "", out var type))
        {
            counts.RefuseManifest();
            throw new RefusedMessageException($"no node sends \"{manifest}\" to another");
        }

        return within is SerializerWithStringManifest strings ? strings.FromBinary(bytes, manifest) : within.FromBinary(bytes, type);
    }
}

/// <summary>Stands where Akka has a serialization that no node uses.</summary>
internal sealed class RefusedSerializer(ExtendedActorSystem system, int id, ClusterPortCounts counts) : SerializerWithStringManifest(system)
{
    public override int Identifier => id;

    public override string Manifest(object o) => throw new SerializationException($"{o.GetType()} has no codec");

    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} has no codec");

    public override object FromBinary(byte[] bytes, string manifest)
    {
        counts.RefuseSerializer();
        throw new RefusedMessageException($"no node uses serializer {id}");
    }
}

/// <summary>Costs the message, as Akka has it with this exception, and not the connection.</summary>
internal sealed class RefusedMessageException(string message) : SerializationException(message)
{
    /// <summary>Another node is to blame, not the code.</summary>
    public override string? StackTrace => null;
}
