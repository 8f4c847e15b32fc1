using ClusterLb.Core.Numerics;
using ClusterLb.Core.Sessions;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>
/// What one event loop has for sessions: the services, cookies verified before, its random numbers and the wall clock. Used on its loop
/// only.
/// </summary>
/// <param name="time">The wall clock, read once a second.</param>
internal sealed class LoopSessions(EventLoop loop, SessionServices services, LoopRandom random, TimeProvider time)
{
    private const long ClockMilliseconds = 1_000;

    private readonly CookieCache _cookies = new();
    private readonly NewSessionLimit _limit = new(services.NewPerClient);
    private long _clockReadAt = long.MinValue / 2;
    private long _offsetMilliseconds;

    public EventLoop Loop => loop;

    public BindingTable Bindings => services.Bindings;

    public ISessionDirectory Directory => services.Directory;

    /// <summary>Null until this node knows a key.</summary>
    public CookieKey? SigningKey => services.Keys.Current.Signing;

    /// <summary>Unix time.</summary>
    public uint NowSeconds
    {
        get
        {
            var now = loop.Now;
            if (now - _clockReadAt >= ClockMilliseconds)
                (_clockReadAt, _offsetMilliseconds) = (now, time.GetUtcNow().ToUnixTimeMilliseconds() - now);
            return (uint)((now + _offsetMilliseconds) / 1_000);
        }
    }

    public SessionKey NewSession() => new(Math.Max(1, random.Next()));

    /// <summary>Counts a session that somebody would have to remember. False when its client begins too many of them.</summary>
    /// <param name="client">As <see cref="Core.Clients.AddressOwner"/> has it.</param>
    public bool MayRemember(ulong client) => _limit.TryBegin(client, NowSeconds);

    /// <summary>Whether a cookie of ours is genuine, in force, and of this pool.</summary>
    public CookieStatus Verify(ReadOnlySpan<byte> value, StickyPool pool, out CookieClaims claims)
    {
        var status = _cookies.Read(value, services.Keys.Current, out claims);
        if (status != CookieStatus.Valid) return status;
        return SessionCookie.Judge(claims, pool.Tag, NowSeconds, pool.TtlSeconds, pool.MaxAgeSeconds);
    }
}
