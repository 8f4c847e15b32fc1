using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Sessions;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>What one loop needs to know of a pool whose clients stay with their backends, in the form that the path wants it.</summary>
internal sealed class StickyPool
{
    private readonly StickyConfig _config;

    private StickyPool(Pool pool, StickyCounters counters)
    {
        (Pool, Counters, _config, Hash) = (pool, counters, pool.Config.Sticky, StableHash.Of(pool.Name));
        Name = Encoding.ASCII.GetBytes(_config.Name);
        (TtlSeconds, MaxAgeSeconds) = (Seconds(_config.Ttl), Seconds(_config.Cookie.MaxAge));
        SetCookie = new SetCookieWriter(_config);
    }

    /// <summary>Null for a pool without sessions.</summary>
    /// <param name="pool">Of the routing table.</param>
    /// <param name="counters">Where it goes on counting; null = anew.</param>
    public static StickyPool? Of(Pool pool, StickyCounters? counters) =>
        pool.Config.Sticky.By == StickyBy.None ? null : new StickyPool(pool, counters ?? new StickyCounters());

    public Pool Pool { get; }

    public StickyBy By => _config.By;

    /// <summary>Of the cookie or header.</summary>
    public byte[] Name { get; }

    /// <summary>What tells sessions of this pool from those of others.</summary>
    public ulong Hash { get; }

    /// <summary>What our cookie says of it.</summary>
    public uint Tag => (uint)Hash;

    public uint TtlSeconds { get; }

    /// <summary>0 = without end.</summary>
    public uint MaxAgeSeconds { get; }

    public SetCookieWriter SetCookie { get; }

    /// <summary>The cookie that the backend must not see; empty = none.</summary>
    public byte[] Stripped => _config.By == StickyBy.Cookie && _config.Cookie.Strip ? Name : [];

    /// <summary>No cookie goes with what shared caches may keep.</summary>
    public bool SkipsCacheable => _config.Cookie.OnCacheable == CookieOnCacheable.Skip;

    public StickyCounters Counters { get; }

    /// <summary>A use renews a session at most four times in its time to live.</summary>
    public bool IsWorthRenewing(uint expiresAt, uint nowSeconds) => expiresAt - nowSeconds < TtlSeconds - TtlSeconds / 4;

    /// <summary>Whoever was told nothing of it looks for it there, now and when what is about to change has settled.</summary>
    public bool IsHome(in Binding binding, long now) => Pool.Homes.WillFind(binding.Session, binding.Backend, now);

    private static uint Seconds(TimeSpan span) => (uint)Math.Min(span.TotalSeconds, int.MaxValue);
}
