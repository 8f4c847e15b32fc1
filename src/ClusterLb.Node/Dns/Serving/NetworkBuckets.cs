using System.Numerics;

namespace ClusterLb.Node.Dns.Serving;

/// <summary>What is done with an answer.</summary>
internal enum Allowance
{
    Whole,

    /// <summary>Only that it was too much: who is real asks again over TCP, and who is not gains nothing by it.</summary>
    Cut,

    /// <summary>Nothing is said.</summary>
    None,
}

/// <summary>
/// A token bucket for each network that is answered over UDP, so that answers to a forged address stay few. Of those beyond the rate every
/// second one is cut, the others are left out. Room is fixed: of four networks that share a place, the one that was heard longest ago makes
/// room, and begins anew when it comes back. Time is passed in. Not thread-safe.
/// </summary>
/// <param name="perSecond">Answers; a network that has been silent has one second's of them. 0 = any number.</param>
/// <param name="seed">So that nobody knows which networks share a place.</param>
internal sealed class NetworkBuckets(int perSecond, ulong seed)
{
    private const int Ways = 4;
    private const int Places = 4_096;
    private const int Unit = 1_000;

    private readonly Bucket[] _buckets = perSecond == 0 ? [] : new Bucket[Ways * Places];

    /// <param name="network">See <see cref="ClientNetwork"/>.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public Allowance Take(ulong network, long now)
    {
        if (perSecond == 0) return Allowance.Whole;
        ref var bucket = ref Find(network, now);
        // In thousandths, which is what one millisecond brings of each per second.
        bucket.Tokens = Math.Min((long)perSecond * Unit, bucket.Tokens + (Math.Min(now - bucket.At, Unit) * perSecond));
        bucket.At = now;
        if (bucket.Tokens >= Unit)
        {
            bucket.Tokens -= Unit;
            return Allowance.Whole;
        }

        bucket.IsCutNext = !bucket.IsCutNext;
        return bucket.IsCutNext ? Allowance.Cut : Allowance.None;
    }

    private ref Bucket Find(ulong network, long now)
    {
        var place = (int)(BitOperations.RotateLeft((network ^ seed) * 0x9E3779B97F4A7C15, 12) % Places) * Ways;
        var oldest = place;
        for (var i = place; i < place + Ways; i++)
        {
            if (_buckets[i].IsUsed && _buckets[i].Network == network) return ref _buckets[i];
            if (!_buckets[i].IsUsed || (_buckets[oldest].IsUsed && _buckets[i].At < _buckets[oldest].At)) oldest = i;
        }

        _buckets[oldest] = new Bucket { IsUsed = true, Network = network, At = now, Tokens = (long)perSecond * Unit };
        return ref _buckets[oldest];
    }

    private struct Bucket
    {
        public ulong Network;
        public long At;
        public long Tokens;
        public bool IsUsed;
        public bool IsCutNext;
    }
}
