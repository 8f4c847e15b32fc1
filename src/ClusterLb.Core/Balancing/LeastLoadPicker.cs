using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Picks the candidate with the least load per weight, where one that had less of its share lately is owed something
/// (<see cref="FairShares"/>); of equal ones the one picked least recently. Few candidates are all looked at. Of many, a
/// <see cref="Tournament"/> over the scores as last seen names the winner; its score is read anew before it is believed, and with every
/// pick some others are read in rotation, because loads fall without telling. Decision 0005 has what that costs in evenness.
/// </summary>
internal abstract class LeastLoadPicker(int members, LoopRandom random) : IPicker
{
    private const int Few = 16;
    private const int ReadPerPick = 2;
    private const int MostRereads = 16;

    // In requests. Nodes that hear the same reports would all take the same candidates in the same order: half a request of doubt in what
    // was reported, other at every node, parts them (decision 0007).
    private const double MostDoubt = 0.5;

    // Of what a pick counts. A score that rose by less is believed: what candidates are owed changes a little with every pick.
    private const double Tolerance = 1.0 / 8;

    // A key is a score without the end of its fraction, and there the turn of the last pick.
    private const long TurnMask = (1L << 24) - 1;

    private readonly FairShares _shares = new(members);
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
        var isFew = request.Eligible.Candidates.Length <= Few;
        var picked = isFew ? Least(request, out var key) : Winner(request, out key);
        if (picked < 0) return null;
        var backend = request.Eligible.Candidates[picked];
        _shares.Take(backend.Index, 1.0 / request.Eligible.Weights[picked]);
        _turns[picked] = ++_turn;
        if (!isFew) _tournament.Set(picked, _shares.Step == 0 ? (key & ~TurnMask) | _turn : KeyOf(ScoreOf(request, picked), _turn));
        return backend;
    }

    /// <summary>Called before loads are asked for, with whom they are compared.</summary>
    /// <param name="candidates">Some of the eligible; all of them in turn.</param>
    /// <param name="endsRound">All have been looked at since the last call that said so.</param>
    protected virtual void Look(ReadOnlySpan<Backend> candidates, bool endsRound)
    {
    }

    /// <summary>How busy a candidate would be with the request to come.</summary>
    /// <param name="candidate">Eligible.</param>
    /// <param name="inFlight">Its <see cref="BackendLoad.Pressure"/>, in requests.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    /// <returns>
    /// In requests to one that is idle and as fast as any, 0 or more; and whether it may be owed something, so that its load is not all
    /// that counts.
    /// </returns>
    protected abstract (double Load, bool IsOwed) LoadOf(Backend candidate, double inFlight, long nowMilliseconds);

    /// <summary>Looks at all; -1 when none is acceptable.</summary>
    private int Least(in PickRequest request, out long bestKey)
    {
        var candidates = request.Eligible.Candidates;
        Look(candidates, endsRound: true);
        var best = -1;
        bestKey = Tournament.Out;
        for (var i = 0; i < candidates.Length; i++)
        {
            var key = KeyOf(ScoreOf(request, i), _turns[i]);
            if (key < bestKey && request.Accepts(candidates[i])) (best, bestKey) = (i, key);
        }

        return best;
    }

    private int Winner(in PickRequest request, out long key)
    {
        for (var i = 0; i < ReadPerPick; i++) ReadNext(request);
        for (var rereads = 0; rereads < MostRereads; rereads++)
        {
            var winner = _tournament.Winner;
            var believed = _tournament.KeyOf(winner);
            if (believed == Tournament.Out) break;
            var score = ScoreOf(request, winner);
            key = KeyOf(score, _turns[winner]);
            if (!request.Accepts(request.Eligible.Candidates[winner]))
            {
                // Tried, or full at the moment: in the game again when it is read next.
                _tournament.Set(winner, Tournament.Out);
            }
            else if (KeyOf(score - (Tolerance * _shares.Step / request.Eligible.Weights[winner]), _turns[winner]) > believed)
            {
                _tournament.Set(winner, key);
            }
            else
            {
                return winner;
            }
        }

        return Least(request, out key);
    }

    private void ReadNext(in PickRequest request)
    {
        var isLast = _next + 1 == request.Eligible.Candidates.Length;
        Look(request.Eligible.Candidates.AsSpan(_next, 1), endsRound: isLast);
        var key = KeyOf(ScoreOf(request, _next), _turns[_next]);
        if (key != _tournament.KeyOf(_next)) _tournament.Set(_next, key);
        _next = isLast ? 0 : _next + 1;
    }

    /// <summary>Load per weight and share taken; not negative.</summary>
    private double ScoreOf(in PickRequest request, int candidate)
    {
        var (backend, weight) = (request.Eligible.Candidates[candidate], request.Eligible.Weights[candidate]);
        var inFlight = backend.Load.Pressure;
        if (backend.Load.Remote > 0) inFlight += Doubt(_turns[candidate]);
        var (load, isOwed) = LoadOf(backend, inFlight, request.NowMilliseconds);
        if (_shares.Step == 0) return load / weight;
        var perWeight = 1.0 / weight;
        return (load * perWeight) + (isOwed ? _shares.TakenBy(backend.Index, perWeight) : _shares.WaivedBy(backend.Index, perWeight));
    }

    /// <summary>The bits of a double that is not negative are in its order.</summary>
    private static long KeyOf(double score, long turn) => (BitConverter.DoubleToInt64Bits(score) & ~TurnMask) | (turn & TurnMask);

    /// <summary>Even over the turns (multiples of the golden ratio), and another one after every pick.</summary>
    private static double Doubt(long turn) => ((ulong)turn * 0x9E3779B97F4A7C15 >> 40) * (MostDoubt / (1 << 24));

    private void StartOver(in PickRequest request)
    {
        _seen = request.Eligible;
        _shares.Follow(_seen);
        // Keys of great numbers would tell them apart no more.
        _shares.Rebase();
        var count = _seen.Candidates.Length;
        // Where equals begin differs from loop to loop and from change to change.
        var start = random.Next(count);
        _turns = new long[count];
        for (var i = 0; i < count; i++) _turns[i] = (i + start) % count;
        _turn = count;
        _next = 0;
        if (count <= Few) return;
        Look(_seen.Candidates, endsRound: true);
        _tournament = new Tournament(count);
        for (var i = 0; i < count; i++) _tournament.Set(i, KeyOf(ScoreOf(request, i), _turns[i]));
    }
}
