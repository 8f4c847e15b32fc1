using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

/// <summary>
/// What requests of one session saw on all nodes, on one clock that only counts: what begins after something else has ended has a higher
/// number. Says whether a session that moves once looks so to everybody: once the move was acknowledged to anybody, no request that begins
/// later goes anywhere else.
/// </summary>
internal sealed class SessionHistory(SessionKey session)
{
    private readonly ConcurrentQueue<SessionEvent> _events = new();
    private long _clock;

    public SessionKey Session { get; } = session;

    public bool HasMoved => _events.Any(one => one.IsMove);

    /// <summary>To be called before anything is read.</summary>
    public long Begin() => Interlocked.Increment(ref _clock);

    public void Served(string node, Binding by, long begun) =>
        _events.Enqueue(new SessionEvent(node, IsMove: false, by, begun, Interlocked.Increment(ref _clock)));

    public void Moved(string node, Binding to, long begun) =>
        _events.Enqueue(new SessionEvent(node, IsMove: true, to, begun, Interlocked.Increment(ref _clock)));

    /// <returns>What is wrong, with the history; empty when nothing is.</returns>
    public string Check()
    {
        var wrong = Faults().ToList();
        return wrong.Count == 0 ? "" : Tell(wrong);
    }

    private IEnumerable<string> Faults()
    {
        var moves = _events.Where(one => one.IsMove).ToList();
        if (moves.Count == 0)
        {
            yield return "it never moved";
            yield break;
        }

        var targets = moves.Select(move => (move.Binding.Backend, move.Binding.Version)).Distinct().ToList();
        if (targets is not [(_, 2)])
        {
            yield return $"it moved to "
            + $"{string.Join(" and to ", targets.Select(target => $"{target.Backend:x} as version {target.Version}"))}";
        }

        var acknowledged = moves.Min(move => move.Ended);
        foreach (var late in _events.Where(one => !one.IsMove && one.Begun > acknowledged && one.Binding.Backend != targets[0].Backend))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{late.Node} served by {late.Binding.Backend:x} what began at "
                + $"{late.Begun}, after the move was acknowledged at {acknowledged}");
        }
    }

    private string Tell(IEnumerable<string> wrong)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"session {Session}: {string.Join("; ", wrong)}\n");
        foreach (var one in _events.OrderBy(one => one.Begun))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {one.Begun,6}..{one.Ended,-6} {one.Node} "
                + $"{(one.IsMove ? "moved to" : "served by")} {one.Binding.Backend:x} version {one.Binding.Version}\n");
        }

        return text.ToString();
    }

    private sealed record SessionEvent(string Node, bool IsMove, Binding Binding, long Begun, long Ended);
}
