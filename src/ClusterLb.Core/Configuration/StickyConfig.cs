namespace ClusterLb.Core.Configuration;

/// <summary>What keeps a client's requests on one backend.</summary>
public enum StickyBy
{
    None,

    /// <summary>A cookie of ours, which carries the binding.</summary>
    Cookie,

    /// <summary>The application's own cookie, learned from its Set-Cookie.</summary>
    AppCookie,

    /// <summary>A request header.</summary>
    Header,

    /// <summary>The client's address.</summary>
    SourceIp,
}

/// <summary>Of a pool.</summary>
public sealed record StickyConfig
{
    /// <summary>Default <see cref="StickyBy.None"/>.</summary>
    public required StickyBy By { get; init; }

    /// <summary>Of the cookie or header. Default <c>SERVERID</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A session that was not used for so long ends. Default 1 h.</summary>
    public required TimeSpan Ttl { get; init; }

    public required StickyCookieConfig Cookie { get; init; }
}

/// <summary>The attributes of our cookie (RFC 6265 section 4.1.2).</summary>
public sealed record StickyCookieConfig
{
    /// <summary>Empty = the host that answered only, the default.</summary>
    public required string Domain { get; init; }

    /// <summary>Default <c>/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Default <see cref="CookieSecure.Auto"/>.</summary>
    public required CookieSecure Secure { get; init; }

    /// <summary>Default <see cref="CookieSameSite.Lax"/>.</summary>
    public required CookieSameSite SameSite { get; init; }

    /// <summary>Default true.</summary>
    public required bool HttpOnly { get; init; }

    /// <summary>A session ends so long after it began, however much it is used; 0 = never, the default.</summary>
    public required TimeSpan MaxAge { get; init; }

    /// <summary>The backend does not see it. Default true.</summary>
    public required bool Strip { get; init; }

    /// <summary>Default <see cref="CookieOnCacheable.Skip"/>.</summary>
    public required CookieOnCacheable OnCacheable { get; init; }
}

/// <summary>What becomes of a cookie that is due with an answer that shared caches may keep.</summary>
public enum CookieOnCacheable
{
    /// <summary>It waits for an answer that they may not.</summary>
    Skip,

    /// <summary>It is set, and the answer's own word on caching replaced by <c>Cache-Control: private</c>.</summary>
    Private,
}

public enum CookieSecure
{
    /// <summary>Where the client came over TLS.</summary>
    Auto,
    Always,
    Never,
}

public enum CookieSameSite
{
    Lax,
    Strict,
    None,

    /// <summary>The attribute is left out.</summary>
    Unset,
}

/// <summary>What sticky sessions of all pools share.</summary>
public sealed record SessionsConfig
{
    /// <summary>The first signs, all verify; none = one that the nodes make and share among themselves.</summary>
    public required EquatableList<CookieKeyConfig> Keys { get; init; }

    /// <summary>
    /// The most sessions a node remembers, 1,000 to 100,000,000; 50 to 100 bytes each, since the room is a power of two. Default 2,000,000.
    /// </summary>
    public required int Capacity { get; init; }

    /// <summary>
    /// How many sessions one client address (of IPv6 one network of 64 bits) may begin in a second on one
    /// event loop before they are left to the hash alone, 0 to 1,000,000; 0 = any number. Default 1,000.
    /// </summary>
    public required int NewPerClient { get; init; }

    /// <summary>How long the first request of a session may wait for word of where it is; then the hash decides. Default 5 ms.</summary>
    public required TimeSpan LookupTimeout { get; init; }

    /// <summary>
    /// How long an answer that begins an application's session may wait until whoever is asked next knows it; then it goes out all the
    /// same. Default 100 ms.
    /// </summary>
    public required TimeSpan LearnTimeout { get; init; }

    /// <summary>
    /// How long a request whose backend is gone may wait for its session to be moved; then the hash decides. Default 500 ms.
    /// </summary>
    public required TimeSpan MoveTimeout { get; init; }
}

/// <param name="Id">1 to 16 letters, digits, <c>-</c> or <c>_</c>.</param>
/// <param name="Secret">16 characters or more.</param>
public sealed record CookieKeyConfig(string Id, Secret Secret)
{
    /// <summary>The file that <see cref="Secret"/> was read from; empty = none.</summary>
    public string SecretFile { get; init; } = "";
}
