using System.Globalization;

namespace ClusterLb.Faults.History;

/// <summary>
/// Says of a history of requests and of backends' absences whether every session was where it belonged. A request that begins after another
/// one of its session was answered by X and is served by Y is legal only if X was gone at some time between the begin of the first and the
/// end of the second, or if Y was gone while the first was served: then that was a diversion from Y, and the session is at home again.
/// Where no check tells a frozen process, it is legal as well once the session alone used X at some node, and asked for more than the node
/// waits for: nobody there could know better (decision 0027). Pure.
/// </summary>
/// <param name="absences">Of backends.</param>
/// <param name="tellsFrozen">Checks tell a frozen process from one that is slow for one request.</param>
public sealed class SessionChecker(IReadOnlyCollection<Absence> absences, bool tellsFrozen)
{
    // The latter half of the time that the nodes of a run wait for an answer.
    private const double Waited = 1_000;

    private readonly ILookup<string, Absence> _absences = absences.ToLookup(absence => absence.Backend);
    private ILookup<(string Node, string Backend), RequestEntry> _served = Enumerable.Empty<RequestEntry>()
        .ToLookup(entry => (entry.Node, entry.Backend));

    public HistoryReport Check(IEnumerable<RequestEntry> history)
    {
        var all = history.ToList();
        _served = all.Where(entry => entry.IsServed).ToLookup(entry => (entry.Node, entry.Backend));
        var sessions = all.GroupBy(entry => entry.Session).Select(session => session.OrderBy(entry => entry.Begin).ToList()).ToList();
        return new HistoryReport(
            [.. sessions.SelectMany(IllegalChanges)],
            [.. sessions.SelectMany(session => session.Where(entry => entry.IsCrossed))],
            [.. sessions.SelectMany(SecondTimeouts)],
            sessions.Sum(Changes),
            [.. sessions.SelectMany(session => session.Where(entry => !entry.IsServed && !entry.IsSlow))]);
    }

    private IEnumerable<IllegalChange> IllegalChanges(List<RequestEntry> session)
    {
        var ended = session.Where(entry => entry.IsServed).OrderBy(entry => entry.End).ToList();
        var (next, last) = (0, new Dictionary<string, RequestEntry>());
        foreach (var later in session.Where(entry => entry.IsServed))
        {
            for (; next < ended.Count && ended[next].End < later.Begin; next++) last[ended[next].Backend] = ended[next];
            foreach (var earlier in last.Values)
            {
                if (earlier.Backend == later.Backend || IsLegal(earlier, later) || WasAlone(session, earlier, later)) continue;
                yield return new IllegalChange(earlier, later, Around(session, earlier.Begin, later.End));
                break;
            }
        }
    }

    private bool IsLegal(RequestEntry earlier, RequestEntry later) =>
        WasGone(earlier.Backend, earlier.Begin, later.End, earlier, later)
        || WasGone(later.Backend, earlier.Begin, earlier.End, earlier, later);

    private bool WasAlone(List<RequestEntry> session, RequestEntry earlier, RequestEntry later) => !tellsFrozen && session.Any(asked =>
        asked is { IsSlow: true, Status: 504 } && asked.End > earlier.Begin && asked.Begin < later.Begin
        && !_served[(asked.Node, earlier.Backend)].Any(heard => heard.End > asked.Begin + Waited && heard.End < asked.End));

    private bool WasGone(string backend, double from, double until, RequestEntry earlier, RequestEntry later) =>
        _absences[backend].Any(absence => absence.Touches(from, until)
            && (absence.Node.Length == 0 || absence.Node == earlier.Node || absence.Node == later.Node));

    /// <summary>
    /// A frozen backend may cost a session one timeout, not another one after the client has heard of the first; so may every other that is
    /// frozen at the time.
    /// </summary>
    private IEnumerable<SecondTimeout> SecondTimeouts(List<RequestEntry> session)
    {
        var timeouts = session.Where(entry => entry is { Status: 504, IsSlow: false }).ToList();
        foreach (var entry in timeouts)
        {
            // By the most that one after the other were heard of before this one began.
            var (paid, heardAt) = (0, double.MinValue);
            var frozen = absences.Where(absence => absence.Kind == AbsenceKind.Frozen && absence.Touches(entry.Begin, entry.End)).ToList();
            if (frozen.Count == 0) continue;
            var began = frozen.Min(absence => absence.From);
            foreach (var earlier in timeouts.Where(earlier => earlier.End >= began && earlier.End < entry.Begin)
                .OrderBy(earlier => earlier.End))
            {
                if (earlier.Begin <= heardAt) continue;
                (paid, heardAt) = (paid + 1, earlier.End);
            }

            if (paid >= frozen.Select(absence => absence.Backend).Distinct().Count())
                yield return new SecondTimeout(entry, Around(session, entry.Begin, entry.End));
        }
    }

    private static IReadOnlyList<RequestEntry> Around(List<RequestEntry> session, double from, double until) =>
        [.. session.Where(entry => entry.End > from - 2_000 && entry.Begin < until + 500)];

    private static int Changes(List<RequestEntry> session)
    {
        var served = session.Where(entry => entry.IsServed).OrderBy(entry => entry.End).ToList();
        return served.Zip(served.Skip(1)).Count(pair => pair.First.Backend != pair.Second.Backend);
    }
}

/// <summary>A session was sent to a stranger.</summary>
/// <param name="Earlier">Answered before the other began.</param>
/// <param name="Later">By another one, though nobody was gone.</param>
/// <param name="Around">What the session did at the time.</param>
public sealed record IllegalChange(RequestEntry Earlier, RequestEntry Later, IReadOnlyList<RequestEntry> Around)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"session {Later.Session}: {Later.Node} had {Later.Backend} serve what began at {Later.Begin:F1}, after {Earlier.Backend} had "
            + $"answered at {Earlier.End:F1} ({Earlier.Node})\n{string.Join('\n', Around)}");
}
