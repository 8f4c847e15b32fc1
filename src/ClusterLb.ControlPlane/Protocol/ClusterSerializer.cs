using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>
/// Protobuf for everything that crosses nodes. What cannot be read is answered with a <see cref="SerializationException"/>, the one that
/// costs a message and not the connection.
/// </summary>
public sealed class ClusterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly FrozenDictionary<Type, Codec> s_byType = Codecs.All.ToFrozenDictionary(codec => codec.Type);
    private static readonly FrozenDictionary<string, Codec> s_byManifest = Codecs.All.ToFrozenDictionary(codec => codec.Manifest);

    /// <summary>Null = a newer program speaks.</summary>
    internal static Codec? Find(string manifest) => s_byManifest.GetValueOrDefault(manifest);

    /// <summary>Fixed for ever; 0 to 100 are Akka's.</summary>
    public override int Identifier => 4_053;

    public override string Manifest(object o) => CodecOf(o).Manifest;

    public override byte[] ToBinary(object obj) => CodecOf(obj).Write(obj);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!s_byManifest.TryGetValue(manifest, out var codec))
            throw new SerializationException($"unknown manifest {manifest}: a newer node speaks");
        try
        {
            return codec.Read(bytes);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new SerializationException($"a message {manifest} that is none", failure);
        }
    }

    internal static Codec CodecOf(object message) => s_byType.TryGetValue(message.GetType(), out var codec)
        ? codec
        : throw new SerializationException($"{message.GetType()} has no codec");
}
