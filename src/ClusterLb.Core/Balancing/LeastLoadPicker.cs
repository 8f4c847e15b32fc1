using ClusterLb.Core.Backends;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// Picks the candidate with the least load per weight, where one that had less of its share lately is owed something
/// (<see cref="FairShares"/>); of equal ones the one picked least recently. Few candidates are all looked at. Of many, a
/// <see cref="Ranking"/> by the scores as last seen names the first; its score is read anew before it is believed, and with every
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

    private readonly FairShares _shares = new(members);
    private Eligibility _seen = Eligibility.None;
    private Ranking _ranking = new(1);
    private long[] _turns = [];
    private long _turn;
    private int _next;

    public Backend? Pick(in PickRequest request)
    {
        if (request.Eligible.Candidates.Length == 0) return null;
        if (!ReferenceEquals(request.Eligible, _seen) || _turn + 1 == Ranking.MostTurns) StartOver(request);
        var isFew = request.Eligible.Candidates.Length <= Few;
        var score = default(Score);
        var picked = isFew ? FirstOfFew(request) : FirstOfMany(request, out score);
        if (picked < 0) return null;
        var backend = request.Eligible.Candidates[picked];
        _shares.Take(backend.Index, request.Eligible.PerWeight[picked]);
        _turns[picked] = ++_turn;
        if (!isFew) _ranking.Set(picked, _shares.Step == 0 ? score : ScoreOf(request, picked), _turn);
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
    /// In requests to one that is idle and as fast as any, 1 or more; and whether it may be owed something, so that its load is not all
    /// that counts.
    /// </returns>
    protected abstract (double Load, bool IsOwed) LoadOf(Backend candidate, double inFlight, long nowMilliseconds);

    /// <summary>Looks at all; -1 when none is acceptable.</summary>
    private int FirstOfFew(in PickRequest request)
    {
        var candidates = request.Eligible.Candidates;
        Look(candidates, endsRound: true);
        var (first, least) = (-1, long.MaxValue);
        for (var i = 0; i < candidates.Length; i++)
        {
            var score = ScoreOf(request, i);
            var key = Ranking.KeyOf(score.Value + (score.Rises ? _shares.Level : 0), _turns[i]);
            if (key < least && request.AcceptsCandidate(candidates[i])) (first, least) = (i, key);
        }

        return first;
    }

    private int FirstOfMany(in PickRequest request, out Score score)
    {
        for (var i = 0; i < ReadPerPick; i++) ReadNext(request);
        for (var rereads = 0; rereads < MostRereads && _ranking.First(_shares.Level) is var first and >= 0; rereads++)
        {
            score = ScoreOf(request, first);
            // Tried, or full at the moment: in the ranking again when it is read next.
            if (!request.AcceptsCandidate(request.Eligible.Candidates[first])) _ranking.Remove(first);
            else if (_ranking.HasAtLeast(first, score, _turns[first])) return first;
            else _ranking.Set(first, score, _turns[first]);
        }

        ReadAll(request);
        var best = _ranking.First(_shares.Level);
        score = best < 0 ? default : ScoreOf(request, best);
        return best;
    }

    private void ReadNext(in PickRequest request)
    {
        var isLast = _next + 1 == request.Eligible.Candidates.Length;
        Look(request.Eligible.Candidates.AsSpan(_next, 1), endsRound: isLast);
        _ranking.Set(_next, ScoreOf(request, _next), _turns[_next]);
        _next = isLast ? 0 : _next + 1;
    }

    private void ReadAll(in PickRequest request)
    {
        var candidates = request.Eligible.Candidates;
        Look(candidates, endsRound: true);
        for (var i = 0; i < candidates.Length; i++)
        {
            if (request.AcceptsCandidate(candidates[i])) _ranking.Set(i, ScoreOf(request, i), _turns[i]);
            else _ranking.Remove(i);
        }
    }

    /// <summary>Load and share taken, per weight.</summary>
    private Score ScoreOf(in PickRequest request, int candidate)
    {
        var (backend, perWeight) = (request.Eligible.Candidates[candidate], request.Eligible.PerWeight[candidate]);
        var inFlight = backend.Load.Pressure;
        if (backend.Load.Remote > 0) inFlight += Doubt(_turns[candidate]);
        var (load, isOwed) = LoadOf(backend, inFlight, request.NowMilliseconds);
        if (_shares.Step == 0) return new(load * perWeight, Rises: false);
        var taken = isOwed ? _shares.TakenBy(backend.Index, perWeight) : _shares.WaivedBy(backend.Index, perWeight);
        return taken + (load * perWeight);
    }

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
        _ranking = new Ranking(count);
        ReadAll(request);
    }
}
