using System.Numerics;

namespace ClusterLb.Core.Numerics;

/// <summary>xoroshiro128+ (Blackman, Vigna 2018): one per event loop, not thread-safe, the same numbers for the same seed.</summary>
public sealed class LoopRandom
{
    private ulong _s0;
    private ulong _s1;

    public LoopRandom(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
    }

    public ulong Next()
    {
        var (s0, s1) = (_s0, _s1);
        var result = s0 + s1;
        s1 ^= s0;
        _s0 = BitOperations.RotateLeft(s0, 24) ^ s1 ^ (s1 << 16);
        _s1 = BitOperations.RotateLeft(s1, 37);
        return result;
    }

    /// <summary>
    /// Uniform in [0, bound); bound is 1 or more. Lemire's multiply-shift: the bias is below 2^-32 for the bounds used here.
    /// </summary>
    public int Next(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
