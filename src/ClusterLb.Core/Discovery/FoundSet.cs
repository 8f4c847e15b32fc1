using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Discovery;

/// <summary>
/// Who of a source is in its pool, and what an answer makes of that: pure. New ones come at once. Those that are gone leave at once, but
/// when they are more than half of the pool: then they are held back, in case the source is wrong. No answer takes nobody away.
/// </summary>
public sealed record FoundSet
{
    /// <summary>How long more than half of a pool is held back, and an empty answer takes nobody away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static FoundSet NotAsked { get; } = new();

    /// <summary>In the pool, by name; each name once.</summary>
    public EquatableList<FoundBackend> Backends { get; init; }

    /// <summary>A source has answered once, with backends or that there are none.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Why the last answer named nobody; empty = it did.</summary>
    public string Problem { get; init; } = "no answer yet";

    /// <summary>Of the last good answer, beyond <c>max</c>.</summary>
    public int LeftOut { get; init; }

    /// <summary>More than half of the pool is missing in the source's answers; null = it is not.</summary>
    public Hold? Held { get; init; }

    /// <summary>Monotonic milliseconds since when answers are empty; null = the last one that told anything was not.</summary>
    public long? EmptySince { get; init; }

    /// <summary>Another node asks for this one, and has decided.</summary>
    public static FoundSet Told(EquatableList<FoundBackend> backends) => new() { Backends = backends, IsKnown = true, Problem = "" };

    /// <param name="pool">Beside this source.</param>
    /// <param name="max">Of backends of this source.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public FoundSet After(SourceAnswer answer, PoolAround pool, int max, long nowMilliseconds) => answer switch
    {
        FoundBackends found => Follow(found.Backends, pool, max, nowMilliseconds),
        NobodyFound nobody => Empty(nobody.Reason, pool, nowMilliseconds),
        NoAnswer none => this with { Problem = none.Reason },
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, null),
    };

    private FoundSet Follow(EquatableList<FoundBackend> answer, PoolAround pool, int max, long now)
    {
        var own = Backends.Select(backend => backend.Name).ToHashSet(StringComparer.Ordinal);
        // Who is here stays, so that a list in another order changes nothing.
        var taken = answer.OrderBy(backend => own.Contains(backend.Name) ? 0 : 1).ThenBy(backend => backend.Name, StringComparer.Ordinal)
            .Take(max).OrderBy(backend => backend.Name, StringComparer.Ordinal).ToEquatableList();
        var names = taken.Select(backend => backend.Name).ToHashSet(StringComparer.Ordinal);
        var missing = Backends.Where(backend => !names.Contains(backend.Name)).ToList();
        var good = this with { IsKnown = true, Problem = "", EmptySince = null, LeftOut = answer.Count - taken.Count, Held = null };
        var hold = Held ?? new Hold(now, pool.Others + Backends.Count, 0);
        if (missing.Count * 2 <= hold.Of || now - hold.Since >= Patience.TotalMilliseconds) return good with { Backends = taken };
        return good with
        {
            Backends = taken.Concat(missing).OrderBy(backend => backend.Name, StringComparer.Ordinal).ToEquatableList(),
            Held = hold with { Missing = missing.Count },
        };
    }

    private FoundSet Empty(string reason, PoolAround pool, long now)
    {
        var since = EmptySince ?? now;
        var empty = this with { IsKnown = true, Problem = reason, EmptySince = since, LeftOut = 0, Held = null };
        return now - since < Patience.TotalMilliseconds
            ? empty
            : empty with { Backends = Backends.Where(backend => !pool.IsDead(backend.Name)).ToEquatableList() };
    }
}

/// <param name="Since">Monotonic milliseconds.</param>
/// <param name="Of">How many backends the pool had then.</param>
/// <param name="Missing">How many of them are held back.</param>
public sealed record Hold(long Since, int Of, int Missing);

/// <summary>What of a pool counts where a source's answer is judged.</summary>
/// <param name="Others">Backends that are not of this source.</param>
/// <param name="IsDead">Whether checks say that the backend of a name is down.</param>
public sealed record PoolAround(int Others, Func<string, bool> IsDead);
