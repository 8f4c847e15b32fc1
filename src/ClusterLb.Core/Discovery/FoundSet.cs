using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Discovery;

/// <summary>
/// Who of a source is in its pool, and what an answer makes of that: pure. New ones come at once. Those that are gone leave at once, but
/// of a pool no more than half within 30 s (decision 0056): when more are missing they are held back, each until it has been missing for
/// 30 s, in case the source is wrong. No answer takes nobody away.
/// </summary>
public sealed record FoundSet
{
    /// <summary>How long more than half of a pool is held back, and an empty answer takes nobody away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly long s_patience = (long)Patience.TotalMilliseconds;

    public static FoundSet NotAsked { get; } = new();

    /// <summary>In the pool, by name; each name once.</summary>
    public EquatableList<FoundBackend> Backends { get; init; }

    /// <summary>A source has answered once with backends, or another node has.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Why the last answer named nobody; empty = it did.</summary>
    public string Problem { get; init; } = "no answer yet";

    /// <summary>Of the last good answer, beyond <c>max</c>.</summary>
    public int LeftOut { get; init; }

    /// <summary>More than half of the pool would be missing with those that the source's answers lack; null = it would not.</summary>
    public Hold? Held { get; init; }

    /// <summary>Monotonic milliseconds since when answers are empty; null = the last one that told anything was not.</summary>
    public long? EmptySince { get; init; }

    /// <summary>Who left at once, lately.</summary>
    public EquatableList<Departure> Departures { get; init; }

    /// <param name="pool">Beside this source.</param>
    /// <param name="max">Of backends of this source.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    public FoundSet After(SourceAnswer answer, PoolAround pool, int max, long nowMilliseconds) => answer switch
    {
        FoundBackends found => Follow(Known(found.Backends, (one, known) => one.After(known)), pool, max, nowMilliseconds),
        NobodyFound nobody => Empty(nobody.Reason, pool, nowMilliseconds),
        NoAnswer none => this with { Problem = none.Reason },
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, null),
    };

    /// <summary>
    /// Another node asks for this one, and has decided; but what this one has found itself does not leave faster by that than by an answer.
    /// Addresses are in the order of that node, since verdicts are about the first.
    /// </summary>
    /// <param name="word">Who is in the pool there.</param>
    /// <param name="wasTold">So it was before.</param>
    /// <param name="pool">Beside this source.</param>
    /// <param name="nowMilliseconds">Monotonic. Once it is held back, the same word must come again to end that.</param>
    public FoundSet AfterWord(EquatableList<FoundBackend> word, bool wasTold, PoolAround pool, long nowMilliseconds)
    {
        var backends = Known(word, (one, known) => one.Addresses.Count > 0 ? one : one.After(known));
        if (!IsKnown || (wasTold && Held is null && EmptySince is null))
            return NotAsked with { Backends = backends.ToEquatableList(), IsKnown = true, Problem = "" };
        return backends.Count > 0
            ? Follow(backends, pool, int.MaxValue, nowMilliseconds)
            : Empty("the node that asks has nobody", pool, nowMilliseconds);
    }

    /// <summary>Those that are here already as <paramref name="merge"/> has it.</summary>
    private List<FoundBackend> Known(EquatableList<FoundBackend> found, Func<FoundBackend, FoundBackend, FoundBackend> merge)
    {
        var known = Backends.ToDictionary(backend => backend.Name);
        return [.. found.Select(one => known.TryGetValue(one.Name, out var old) ? merge(one, old) : one)];
    }

    private FoundSet Follow(List<FoundBackend> answer, PoolAround pool, int max, long now)
    {
        var own = NamesOf(Backends);
        // Who is here stays, so that a list in another order changes nothing.
        List<FoundBackend> taken =
        [
            .. answer.OrderBy(backend => own.Contains(backend.Name) ? 0 : 1).ThenBy(backend => backend.Name, StringComparer.Ordinal)
                .Take(max),
        ];
        var good = this with { IsKnown = true, Problem = "", EmptySince = null, LeftOut = answer.Count - taken.Count };
        var names = NamesOf(taken);
        return good.Replace(taken, [.. Backends.Where(backend => !names.Contains(backend.Name))], pool, now);
    }

    /// <summary>
    /// Who has been missing for long leaves. The others do while they, with those that left so a moment ago, are at most half of the pool.
    /// </summary>
    private FoundSet Replace(List<FoundBackend> taken, List<FoundBackend> missing, PoolAround pool, long now)
    {
        var since = Held?.Missing.ToDictionary(one => one.Name, one => one.Since) ?? [];
        var fresh = missing.Select(backend => new Missing(backend.Name, since.GetValueOrDefault(backend.Name, now)))
            .Where(one => now - one.Since < s_patience).ToEquatableList();
        var own = Departures.Where(one => now - one.At < s_patience).ToEquatableList();
        Departure[] departures = [.. own, .. pool.Departures.Where(one => now - one.At < s_patience)];
        var (left, overdue) = (departures.Sum(one => one.Count), missing.Count - fresh.Count);
        var size = pool.Others + Backends.Count - overdue;
        // As it was before the first of them: those that came since do not make the missing ones few.
        var first = departures.OrderBy(one => one.At).Select(one => one.Of).Append(int.MaxValue).First();
        var of = Math.Min(Math.Min(first, size + left), Held is { } hold ? hold.Of - overdue : int.MaxValue);
        if (fresh.Count == 0) return this with { Backends = Sorted(taken), Held = null, Departures = own };
        if ((left + fresh.Count) * 2 <= of)
            return this with { Backends = Sorted(taken), Held = null, Departures = [.. own, new Departure(now, fresh.Count, size)] };
        var held = fresh.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return this with
        {
            Backends = Sorted(taken.Concat(missing.Where(backend => held.Contains(backend.Name)))),
            Held = new Hold(of, fresh),
            Departures = own,
        };
    }

    private FoundSet Empty(string reason, PoolAround pool, long now)
    {
        var since = EmptySince ?? now;
        var empty = this with { Problem = reason, EmptySince = since, LeftOut = 0, Held = null };
        return now - since < s_patience
            ? empty
            : empty with { Backends = Backends.Where(backend => !pool.IsDead(backend.Name)).ToEquatableList() };
    }

    private static HashSet<string> NamesOf(IEnumerable<FoundBackend> backends) =>
        backends.Select(backend => backend.Name).ToHashSet(StringComparer.Ordinal);

    private static EquatableList<FoundBackend> Sorted(IEnumerable<FoundBackend> backends) =>
        backends.OrderBy(backend => backend.Name, StringComparer.Ordinal).ToEquatableList();
}
