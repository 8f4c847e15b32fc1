using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;
using ClusterLb.DataPlane.Messages;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>
/// The session of the request at hand: which it is, where it is bound, and what the client and the directory are to be told. One per
/// exchange or connection, reused; used on its loop. What is known here, and what is where the hash says, costs no waiting and no
/// allocation; only a request whose session has to be elsewhere waits.
/// </summary>
internal sealed class RequestSession(LoopSessions sessions)
{
    private StickyPool? _sticky;
    private Binding _binding;
    private Backend? _home;
    private ulong _client;
    private SessionSource _source;
    private uint _beganAt;
    private bool _isCookieDue;
    private bool _isDiverted;
    private bool _isSecure;
    private byte[] _setCookie = [];

    /// <summary>Where the request has to go; null = wherever the policy says.</summary>
    public Backend? Bound { get; private set; }

    /// <summary>Why it goes there, for the log; null = the policy's doing.</summary>
    public string? Decision => Bound is null ? null : _isDiverted ? "session-diverted" : _source.Decision();

    /// <summary>Forgets the request before. False when what is known does not settle it: <see cref="SettleAsync"/> then.</summary>
    /// <param name="sticky">Of the pool it is for; null = no sessions there.</param>
    /// <param name="isTrusted">It is a proxy whose word on who its clients are counts.</param>
    /// <param name="isSecure">It came over TLS.</param>
    public bool TryFind(StickyPool? sticky, Request request, PeerAddress client, bool isTrusted, bool isSecure)
    {
        Forget(sticky);
        if (sticky is null) return true;
        (_isSecure, _client) = (isSecure, isTrusted ? ClientName.BehindProxy(request.Headers, client) : client.Owner);
        switch (sticky.By)
        {
            case StickyBy.Cookie:
                return request.Headers.TryGetCookie(sticky.Name, out var our) && IsValid(our, out var it) ? TryResume(it) : Begin();
            case StickyBy.AppCookie: return !request.Headers.TryGetCookie(sticky.Name, out var cookie) || TryRecall(cookie);
            case StickyBy.Header: return !request.Headers.TryGet(sticky.Name, out var value) || TryRecall(value);
            default: return TryFind(sticky, client);
        }
    }

    /// <summary>For a client that is known by its address.</summary>
    public bool TryFind(StickyPool? sticky, PeerAddress client)
    {
        Forget(sticky);
        if (sticky is null) return true;
        _client = client.Owner;
        Span<byte> address = stackalloc byte[16];
        return TryRecall(SessionKey.Of(sticky.Hash, address[..client.CopyTo(address)]));
    }

    /// <summary>Another pool has taken the place of the request's own. Only of one that is bound nowhere.</summary>
    /// <param name="sticky">Of that pool; null = no sessions there.</param>
    public void Follow(StickyPool? sticky) => _sticky = _sticky is null ? null : sticky;

    /// <summary>Asks who knows more, within the directory's budgets; in the end the hash decides. Always true.</summary>
    public async LoopTask<bool> SettleAsync()
    {
        if (_binding.Backend == 0)
        {
            var known = await AskAsync();
            if (known is null && _home is null) return Decide(Elsewhere(default));
            (_binding, _source) = (known ?? AtHome(_home!), known is null ? SessionSource.Hash : SessionSource.Directory);
            if (known is null) sessions.Directory.Note(_binding);
            if (TrySettle()) return Count();
        }

        if (TryFollow(await CallAsync(sessions.Directory.MoveAsync(_binding, _sticky!.Pool.Name)), default)) return Count();
        (Bound, _isDiverted, _source) = (Elsewhere(default), true, SessionSource.Hash);
        return Count();
    }

    /// <summary>
    /// This node holds the session's own backend for bad and asks it first all the same: a trial, not a try, that costs no retry when
    /// nothing could be sent.
    /// </summary>
    public bool IsTrialOf(Backend backend) =>
        !_isDiverted && backend == Bound
            && backend.Effective is EffectiveState.Ejected or EffectiveState.Trial or EffectiveState.Unreachable;

    /// <summary>
    /// Its backend failed the request: the next try goes where the session would go if that were gone. It leaves only who let it wait and
    /// is mute. Always true.
    /// </summary>
    /// <param name="silent">When it let the request time out: who has answered nobody meanwhile.</param>
    public async LoopTask<bool> LeaveOrDivertAsync(Tried tried, IReadOnlySet<Backend> silent)
    {
        if (Bound is null || _sticky is not { } sticky) return true;
        // A diverted request may have met the next mute one.
        var isMute = silent.Contains(Bound) && (sticky.Pool.Find(_binding.Backend) is not { } home || silent.Contains(home));
        if (isMute && TryFollow(await CallAsync(sessions.Directory.LeaveAsync(_binding, sticky.Pool.Name, silent)), tried)) return true;
        if (!_isDiverted) sticky.Counters.Diverted++;
        (Bound, _isDiverted) = (Elsewhere(tried), true);
        return true;
    }

    /// <summary>The Set-Cookie line for the client, to be sent before anything else happens here; empty = none is due.</summary>
    /// <param name="response">That it goes with.</param>
    /// <param name="isPrivate">Shared caches would keep the response, and must not: it has a cookie of one client.</param>
    public ReadOnlyMemory<byte> CookieFor(Response response, Backend served, out bool isPrivate)
    {
        isPrivate = false;
        if (!_isCookieDue || _isDiverted || _sticky is not { By: StickyBy.Cookie } sticky) return default;
        if (sessions.SigningKey is not { } key) return default;
        var isKept = SharedCaching.MayKeep(response.Status, response.Headers, sessions.NowSeconds);
        if (isKept && sticky.SkipsCacheable) return default;
        var now = sessions.NowSeconds;
        if (_source == SessionSource.New) _binding = _binding with { Backend = served.Key };
        else if (served.Key != _binding.Backend) return default;
        // It may have moved, or was evicted, while this request was served: the next one finds out.
        if (sessions.Bindings.TryGet(_binding.Session, now, out var known) && known.Overrules(_binding)) return default;
        _binding = _binding with { ExpiresAt = now + sticky.TtlSeconds };
        // A new one is in its cookie: it is noted here for a drain to know of it, no more.
        if (_source != SessionSource.New || MayRemember()) sessions.Directory.Note(_binding);
        isPrivate = isKept;
        if (_setCookie.Length < sticky.SetCookie.MaxLength) _setCookie = new byte[sticky.SetCookie.MaxLength];
        var claims = new CookieClaims(_binding.Session, _binding.Backend, sticky.Tag, _binding.Version, _beganAt, now);
        return _setCookie.AsMemory(0, sticky.SetCookie.Write(_setCookie, claims, key, _isSecure));
    }

    /// <summary>True when the answer may carry a session to learn.</summary>
    public bool Learns => _sticky is { By: StickyBy.AppCookie };

    /// <summary>
    /// Learns the application's cookie from its answer, before the client has it: whatever node its next request meets then knows. Always
    /// true.
    /// </summary>
    public async LoopTask<bool> LearnAsync(Response response, Backend served)
    {
        var sticky = _sticky!;
        if (!SetCookies.TryFind(response.Headers, sticky.Name, sessions.NowSeconds, out var value)) return true;
        var session = SessionKey.Of(sticky.Hash, value);
        var isKnown = sessions.Bindings.TryGet(session, sessions.NowSeconds, out var known) && !known.IsEvicted;
        if (isKnown && (!known.IsLocal || known.Backend == served.Key)) return true;
        sticky.Counters.Sources[(int)SessionSource.New]++;
        if (!MayRemember()) return true;
        var binding = new Binding(session, served.Key, 0, sessions.NowSeconds + sticky.TtlSeconds);
        if (!sticky.IsHome(binding, sessions.Loop.Now))
        {
            if (await CallAsync(sessions.Directory.LearnAsync(session, served)) is not null) return true;
            binding = binding with { Version = 1 };
        }

        sessions.Directory.Note(binding);
        return true;
    }

    private void Forget(StickyPool? sticky)
    {
        (_sticky, Bound, _isDiverted, _isCookieDue, _binding, _home) = (sticky, null, false, false, default, null);
    }

    /// <summary>
    /// A session that begins: it goes where the policy says, and is bound there. A client whose cookie could not be read for want of a key
    /// keeps that one.
    /// </summary>
    private bool Begin()
    {
        (_source, _isCookieDue, _beganAt) = (SessionSource.New, sessions.SigningKey is not null, sessions.NowSeconds);
        _binding = new Binding(sessions.NewSession(), 0, 0, 0);
        _sticky!.Counters.Sources[(int)SessionSource.New]++;
        return true;
    }

    /// <summary>One of ours, in force, of this pool.</summary>
    private bool IsValid(ReadOnlySpan<byte> cookie, out CookieClaims claims)
    {
        var sticky = _sticky!;
        var status = sessions.Verify(cookie, sticky, out claims);
        if (status == CookieStatus.Valid) return true;
        sticky.Counters.BadCookies[(int)status]++;
        return false;
    }

    private bool TryResume(in CookieClaims claims)
    {
        var (sticky, now) = (_sticky!, sessions.NowSeconds);
        (_source, _beganAt) = (SessionSource.Cookie, claims.BeganAt);
        _binding = new Binding(claims.Session, claims.Backend, claims.Version, claims.RenewedAt + sticky.TtlSeconds);
        if (!sessions.Bindings.TryUse(claims.Session, now, sticky.TtlSeconds, out var known, out _))
        {
            if (MayRemember()) sessions.Directory.Note(_binding);
        }
        else if (known.Overrules(_binding))
        {
            // It has moved since the client got this cookie.
            if (known.IsEvicted) return Begin();
            (_binding, _source, _isCookieDue) = (known, SessionSource.Local, true);
        }

        _isCookieDue |= sticky.IsWorthRenewing(_binding.ExpiresAt, now);
        return TrySettle() && Count();
    }

    /// <summary>An empty value tells nobody from anybody.</summary>
    private bool TryRecall(ReadOnlySpan<byte> value) => value.IsEmpty || TryRecall(SessionKey.Of(_sticky!.Hash, value));

    private bool TryRecall(SessionKey session)
    {
        var (sticky, now) = (_sticky!, sessions.NowSeconds);
        var isKnown = sessions.Bindings.TryUse(session, now, sticky.TtlSeconds, out _binding, out var isFirstUse);
        if (!isKnown || _binding.IsEvicted) return TryPlace(session, isEvicted: isKnown);
        _source = SessionSource.Local;
        // Those who were told of it are to know that it is used, lest it gives way there to what somebody invents.
        if (sticky.IsWorthRenewing(_binding.ExpiresAt, now) || (isFirstUse && !_binding.IsLocal))
        {
            _binding = _binding with { ExpiresAt = now + sticky.TtlSeconds };
            sessions.Directory.Note(_binding);
        }

        return TrySettle() && Count();
    }

    /// <summary>
    /// First use here: where the hash says it is nobody's business but that of this node's table. False when somebody may know better, or
    /// it must be elsewhere.
    /// </summary>
    private bool TryPlace(SessionKey session, bool isEvicted)
    {
        _binding = new Binding(session, 0, 0, 0);
        var home = _sticky!.Pool.Homes.Of(session, sessions.Loop.Now);
        _home = isEvicted || home is null || FateAt(home) == BindingFate.Move ? null : home;
        var mayRemember = MayRemember();
        if (mayRemember && (_home is null || sessions.Directory.MayRemember)) return false;
        if (_home is null) return Decide(Elsewhere(default));
        (_binding, _source) = (AtHome(_home), SessionSource.Hash);
        if (mayRemember) sessions.Directory.Note(_binding);
        return TrySettle() && Count();
    }

    private Binding AtHome(Backend home) => _binding with { Backend = home.Key, ExpiresAt = sessions.NowSeconds + _sticky!.TtlSeconds };

    /// <summary>Of a session that is nowhere yet: the store, when it may be at home all the same, else its actor.</summary>
    private LoopTask<Binding?> AskAsync()
    {
        if (_home is not null) return CallAsync(sessions.Directory.RecallAsync(_binding.Session));
        return Elsewhere(default) is { } candidate
            ? CallAsync(sessions.Directory.ClaimAsync(_binding.Session, candidate))
            : new LoopTask<Binding?>(default(Binding?));
    }

    private bool MayRemember()
    {
        if (sessions.MayRemember(_client)) return true;
        _sticky!.Counters.Unremembered++;
        return false;
    }

    /// <summary>False when the session has to move.</summary>
    private bool TrySettle()
    {
        if (_sticky!.Pool.Find(_binding.Backend) is not { } backend || FateAt(backend) == BindingFate.Move) return false;
        Bound = backend;
        return true;
    }

    /// <summary>On every node the same.</summary>
    private Backend? Elsewhere(in Tried tried) => Rendezvous.Pick(_binding.Session, _sticky!.Pool.Standing, tried);

    private LoopTask<Binding?> CallAsync(Task<Binding?> asking) => new DirectoryCall(sessions.Loop).Await(asking);

    /// <summary>Goes where the session is now. False when nobody could say, or it would be one that was tried.</summary>
    private bool TryFollow(in Binding? moved, in Tried tried)
    {
        var sticky = _sticky!;
        if (moved is not { IsEvicted: false } binding || sticky.Pool.Find(binding.Backend) is not { } target || tried.Contains(target))
            return false;
        sticky.Counters.Moved++;
        (_binding, Bound, _isDiverted, _source, _isCookieDue) = (binding, target, false, SessionSource.Directory, true);
        return true;
    }

    private BindingFate FateAt(Backend backend) => BindingRule.Of(backend.Effective, _sticky!.Pool.FailOpen);

    /// <summary>For this request only: somebody may know better, who was too slow to say so.</summary>
    private bool Decide(Backend? candidate)
    {
        (Bound, _source) = (candidate, SessionSource.Hash);
        return Count();
    }

    private bool Count()
    {
        _sticky!.Counters.Sources[(int)_source]++;
        return true;
    }
}
