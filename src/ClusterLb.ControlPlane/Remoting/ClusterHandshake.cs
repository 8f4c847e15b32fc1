using System.Security.Cryptography;
using System.Text;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>
/// How two nodes prove to each other that they hold the cluster's secret before either reads anything else. Each sends a fresh nonce; the
/// one that dials proves first, so that strangers who dial are shown no proof. A proof holds for one role, both nonces and the address that
/// was dialled: whoever sits at a dead node's port can neither pass it on to another node nor send it back. Decision 0015.
/// </summary>
/// <param name="secret">Empty when certificates alone say who is a node.</param>
/// <param name="place">HOST:PORT of the node that is dialled, letter by letter as all nodes write it.</param>
internal readonly struct ClusterHandshake(ReadOnlyMemory<byte> secret, string place)
{
    private const int NonceLength = 32;
    private const int ProofLength = HMACSHA256.HashSizeInBytes;

    // The last byte is the version of all that follows, frames included.
    private static readonly byte[] s_greeting = [.. "clusterlb"u8, 1];

    /// <summary>The part of the node that dials.</summary>
    /// <exception cref="HandshakeException">The other is no node of this cluster, or does not take this one for one.</exception>
    public async Task GreetAsync(Stream stream, CancellationToken cancellation)
    {
        var own = RandomNumberGenerator.GetBytes(NonceLength);
        await stream.WriteAsync((byte[])[.. s_greeting, .. own], cancellation);
        var greeting = await ReadAsync(stream, s_greeting.Length, cancellation);
        if (!greeting.AsSpan().SequenceEqual(s_greeting))
            throw new HandshakeException(Refusal.Protocol, "what listens there is no node of this release");
        var other = await ReadAsync(stream, NonceLength, cancellation);
        await stream.WriteAsync(Proof('D', own, other), cancellation);
        var proof = new byte[ProofLength];
        if (await stream.ReadAtLeastAsync(proof, ProofLength, throwOnEndOfStream: false, cancellation) < ProofLength)
        {
            throw new HandshakeException(
                Refusal.Proof,
                $"it does not take this node's proof: its cluster.secret-file holds another secret, or its own node.host and "
                    + $"node.cluster-port are not {place}");
        }

        if (!CryptographicOperations.FixedTimeEquals(proof, Proof('A', own, other)))
        {
            throw new HandshakeException(Refusal.Proof,
                "it has no proof that it is a node of this cluster: its cluster.secret-file holds another secret");
        }
    }

    /// <summary>The part of the node that is dialled.</summary>
    /// <param name="onGreeting">The other has begun as a node does.</param>
    /// <param name="cancellation">Its time is over.</param>
    /// <exception cref="HandshakeException">The other is no node of this cluster.</exception>
    public async Task AnswerAsync(Stream stream, Action onGreeting, CancellationToken cancellation)
    {
        var greeting = new byte[s_greeting.Length];
        var said = await stream.ReadAtLeastAsync(greeting, greeting.Length, throwOnEndOfStream: false, cancellation);
        if (said == 0) throw new HandshakeException(Refusal.Silence, "it said nothing");
        if (!greeting.AsSpan().SequenceEqual(s_greeting))
            throw new HandshakeException(Refusal.Protocol, "it speaks another protocol, or is a node of another release");
        onGreeting();
        var (other, own) = (await ReadAsync(stream, NonceLength, cancellation), RandomNumberGenerator.GetBytes(NonceLength));
        await stream.WriteAsync((byte[])[.. s_greeting, .. own], cancellation);
        var proof = await ReadAsync(stream, ProofLength, cancellation);
        if (!CryptographicOperations.FixedTimeEquals(proof, Proof('D', other, own)))
        {
            throw new HandshakeException(Refusal.Proof,
                $"it has no proof: its cluster.secret-file holds another secret, or it knows this node by another address than {place}");
        }

        await stream.WriteAsync(Proof('A', other, own), cancellation);
    }

    private byte[] Proof(char role, byte[] dialling, byte[] dialled) =>
        HMACSHA256.HashData(secret.Span, [(byte)role, .. dialling, .. dialled, .. Encoding.UTF8.GetBytes(place)]);

    private static async Task<byte[]> ReadAsync(Stream stream, int length, CancellationToken cancellation)
    {
        var bytes = new byte[length];
        var read = await stream.ReadAtLeastAsync(bytes, length, throwOnEndOfStream: false, cancellation);
        return read == length ? bytes : throw new HandshakeException(Refusal.Protocol, "it hung up");
    }
}

/// <summary>Why somebody at the cluster port was not let in.</summary>
public enum Refusal
{
    /// <summary>It hung up without a word, as a port check does.</summary>
    Silence,

    /// <summary>It did not finish within the time for it.</summary>
    Timeout,

    /// <summary>Too many had not proved anything yet, and this one had waited longest.</summary>
    Crowd,

    /// <summary>It speaks something else.</summary>
    Protocol,

    /// <summary>It has no certificate of the cluster's authority.</summary>
    Certificate,

    /// <summary>It has another secret, or meant another node.</summary>
    Proof,
}

/// <summary>A handshake between nodes that failed; the message says why, in one line.</summary>
internal sealed class HandshakeException(Refusal refusal, string message) : Exception(message)
{
    public Refusal Refusal { get; } = refusal;
}
