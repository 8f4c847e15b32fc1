using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Picks the candidate with the least score; of equal ones the one picked least recently. Few candidates are all looked at. Of many, a
/// <see cref="Tournament"/> over the scores as last seen names the winner; its score is read anew before it is believed, and with every
/// pick some others are read in rotation, because loads fall without telling. Decision 0005 has what that costs in evenness.
/// </summary>
internal abstract class LeastLoadPicker(LoopRandom random) : IPicker
{
    private const int Few = 16;
    private const int ReadPerPick = 2;
    private const int MostRereads = 16;

    // In requests. Nodes that hear the same reports would all take the same candidates in the same order: half a request of doubt in what
    // was reported, other at every node, parts them (decision 0007).
    private const double MostDoubt = 0.5;

    // A key is a score without the end of its fraction, and there the turn of the last pick.
    private const long TurnMask = (1L << 24) - 1;

    private Eligibility _seen = Eligibility.None;
    private Tournament _tournament = new(1);
    private long[] _turns = [];
    private long _turn;
    private int _next;

    public Backend? Pick(in PickRequest request)
    {
        if (request.Eligible.Candidates.Length == 0) return null;
        // A turn that did not fit its key any more would look like the oldest.
        if (!ReferenceEquals(request.Eligible, _seen) || _turn >= TurnMask - 1) StartOver(request);
        var picked = request.Eligible.Candidates.Length <= Few ? Least(request) : Winner(request);
        if (picked < 0) return null;
        _turns[picked] = ++_turn;
        return request.Eligible.Candidates[picked];
    }

    /// <summary>How busy a candidate is.</summary>
    /// <param name="candidate">Eligible.</param>
    /// <param name="load">Its <see cref="BackendLoad.Pressure"/> and the request to come, in requests.</param>
    /// <param name="weight">Effective weight x 100, 1 or more.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    /// <returns>Not negative.</returns>
    protected abstract double ScoreOf(Backend candidate, double load, int weight, long nowMilliseconds);

    /// <summary>Every candidate has been looked at since the last call.</summary>
    protected virtual void EndRound()
    {
    }

    /// <summary>Looks at all; -1 when none is acceptable.</summary>
    private int Least(in PickRequest request)
    {
        var candidates = request.Eligible.Candidates;
        var best = -1;
        var bestKey = Tournament.Out;
        for (var i = 0; i < candidates.Length; i++)
        {
            var key = KeyOf(request, i, _turns[i]);
            if (key < bestKey && request.Accepts(candidates[i])) (best, bestKey) = (i, key);
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
            var believed = _tournament.KeyOf(winner);
            if (believed == Tournament.Out) break;
            var key = KeyOf(request, winner, _turns[winner]);
            if (!request.Accepts(request.Eligible.Candidates[winner]))
            {
                // Tried, or full at the moment: in the game again when it is read next.
                _tournament.Set(winner, Tournament.Out);
            }
            else if (key > believed)
            {
                _tournament.Set(winner, key);
            }
            else
            {
                _tournament.Set(winner, (key & ~TurnMask) | ((_turn + 1) & TurnMask));
                return winner;
            }
        }

        return Least(request);
    }

    private void ReadNext(in PickRequest request)
    {
        var key = KeyOf(request, _next, _turns[_next]);
        if (key != _tournament.KeyOf(_next)) _tournament.Set(_next, key);
        if (++_next < request.Eligible.Candidates.Length) return;
        _next = 0;
        EndRound();
    }

    /// <summary>The bits of a double that is not negative are in its order.</summary>
    private long KeyOf(in PickRequest request, int candidate, long turn)
    {
        var backend = request.Eligible.Candidates[candidate];
        var load = backend.Load.Pressure + 1;
        if (backend.Load.Remote > 0) load += Doubt(turn);
        var score = ScoreOf(backend, load, request.Eligible.Weights[candidate], request.NowMilliseconds);
        return (BitConverter.DoubleToInt64Bits(score) & ~TurnMask) | (turn & TurnMask);
    }

    /// <summary>Even over the turns (multiples of the golden ratio), and another one after every pick.</summary>
    private static double Doubt(long turn) => ((ulong)turn * 0x9E3779B97F4A7C15 >> 40) * (MostDoubt / (1 << 24));

    private void StartOver(in PickRequest request)
    {
        _seen = request.Eligible;
        var count = request.Eligible.Candidates.Length;
        // Where equals begin differs from loop to loop and from change to change.
        var start = random.Next(count);
        _turns = new long[count];
        for (var i = 0; i < count; i++) _turns[i] = (i + start) % count;
        _turn = count;
        _next = 0;
        if (count <= Few) return;
        _tournament = new Tournament(count);
        for (var i = 0; i < count; i++) _tournament.Set(i, KeyOf(request, i, _turns[i]));
    }
}
