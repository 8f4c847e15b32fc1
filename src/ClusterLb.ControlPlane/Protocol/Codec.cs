using Google.Protobuf;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>How one kind of message is written and read.</summary>
/// <param name="Type">The record.</param>
/// <param name="Manifest">Its name on the wire, with a version; never used for anything else again.</param>
/// <param name="Write">Record to bytes.</param>
/// <param name="Read">Bytes to record; unknown fields are skipped.</param>
internal sealed record Codec(Type Type, string Manifest, Func<object, byte[]> Write, Func<byte[], object> Read)
{
    public static Codec Of<TRecord, TWire>(string manifest, MessageParser<TWire> parser, Func<TRecord, TWire> toWire,
        Func<TWire, TRecord> toRecord)
        where TRecord : class, IClusterMessage
        where TWire : IMessage<TWire> =>
        new(typeof(TRecord), manifest, message => toWire((TRecord)message).ToByteArray(), bytes => toRecord(parser.ParseFrom(bytes)));
}
