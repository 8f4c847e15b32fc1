using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Picks the candidate with the least score; of equal ones the one picked least recently. Few candidates are all looked at. Of many, a
/// <see cref="Tournament"/> over the scores as last seen names the winner; its score is read anew before it is believed, and with every pick
/// some others are read in rotation, because loads fall without telling. Decision 0005 has what that costs in evenness.
/// </summary>
internal abstract class LeastLoadPicker(LoopRandom random) : IPicker
{
    private const int Few = 16;
    private const int ReadPerPick = 4;
    private const int MostRereads = 16;

    private Eligibility _seen = Eligibility.None;
    private Tournament _tournament = new(1);
    private long[] _turns = [];
    private long _turn;
    private int _next;

    public Backend? Pick(in PickRequest request)
    {
        if (request.Eligible.Candidates.Length == 0) return null;
        if (!ReferenceEquals(request.Eligible, _seen)) StartOver(request);
        var picked = request.Eligible.Candidates.Length <= Few ? Least(request) : Winner(request);
        if (picked < 0) return null;
        _turns[picked] = ++_turn;
        return request.Eligible.Candidates[picked];
    }

    /// <summary>How busy a candidate is.</summary>
    /// <param name="candidate">Eligible.</param>
    /// <param name="weight">Effective weight x 100, 1 or more.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    protected abstract double ScoreOf(Backend candidate, int weight, long nowMilliseconds);

    /// <summary>Every candidate has been looked at since the last call.</summary>
    protected virtual void EndRound()
    {
    }

    /// <summary>Looks at all; -1 when none is acceptable.</summary>
    private int Least(in PickRequest request)
    {
        var candidates = request.Eligible.Candidates;
        var best = -1;
        var bestScore = Tournament.Out;
        for (var i = 0; i < candidates.Length; i++)
        {
            var score = ScoreOf(request, i);
            if (score > bestScore || (score == bestScore && _turns[i] >= _turns[best]) || !request.Accepts(candidates[i])) continue;
            (best, bestScore) = (i, score);
        }

        EndRound();
        return best;
    }

    private int Winner(in PickRequest request)
    {
        for (var i = 0; i < ReadPerPick; i++) ReadNext(request);
        for (var rereads = 0; rereads < MostRereads; rereads++)
        {
            var winner = _tournament.Winner;
            var believed = _tournament.ScoreOf(winner);
            if (believed == Tournament.Out) break;
            if (!request.Accepts(request.Eligible.Candidates[winner]))
            {
                // Tried, or full for now: back in the game when it is read next.
                _tournament.Set(winner, Tournament.Out, _turns[winner]);
                continue;
            }

            var score = ScoreOf(request, winner);
            _tournament.Set(winner, score, score <= believed ? _turn + 1 : _turns[winner]);
            if (score <= believed) return winner;
        }

        return Least(request);
    }

    private void ReadNext(in PickRequest request)
    {
        var score = ScoreOf(request, _next);
        if (score != _tournament.ScoreOf(_next)) _tournament.Set(_next, score, _turns[_next]);
        if (++_next < request.Eligible.Candidates.Length) return;
        _next = 0;
        EndRound();
    }

    private double ScoreOf(in PickRequest request, int candidate) =>
        ScoreOf(request.Eligible.Candidates[candidate], request.Eligible.Weights[candidate], request.NowMilliseconds);

    private void StartOver(in PickRequest request)
    {
        _seen = request.Eligible;
        var count = request.Eligible.Candidates.Length;
        // Where equals begin differs from loop to loop and from change to change.
        var start = random.Next(count);
        _turns = new long[count];
        for (var i = 0; i < count; i++) _turns[i] = _turn - count + ((i + start) % count);
        _next = 0;
        if (count <= Few) return;
        _tournament = new Tournament(count);
        for (var i = 0; i < count; i++) _tournament.Set(i, ScoreOf(request, i), _turns[i]);
    }
}
