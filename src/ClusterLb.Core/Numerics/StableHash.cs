using System.Buffers.Binary;
using System.Numerics;

namespace ClusterLb.Core.Numerics;

/// <summary>
/// A 64-bit hash that is the same in every process, on every architecture and in every version: what nodes must agree on without talking is
/// built on it. Reads 8 bytes at a time and finishes with the mixer of SplitMix64 (Steele, Lea, Flood 2014). Not for untrusted hash tables.
/// </summary>
public static class StableHash
{
    private const ulong Seed = 0x9E3779B97F4A7C15;
    private const ulong Multiplier = 0xD6E8FEB86659FD93;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        ulong tail = 0;
        for (var i = bytes.Length - 1; i >= 0; i--) tail = (tail << 8) | bytes[i];
        return Mix(BitOperations.RotateLeft(hash, 29) ^ tail);
    }

    public static ulong Of(string text) => Of(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Two hashes into one; the order counts.</summary>
    public static ulong Combine(ulong hash, ulong other) => Mix(BitOperations.RotateLeft(hash, 29) ^ (other * Multiplier));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
