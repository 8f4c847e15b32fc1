using System.Collections.Concurrent;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>
/// What checks said, on its way to the monitor: the first of several asks for a turn soon, a failure for one now. Added to on any thread;
/// bounded by the checks that run at once.
/// </summary>
/// <param name="soon">Called at most once between two takes.</param>
/// <param name="now">Called for every failure.</param>
internal sealed class CheckResults(Action soon, Action now)
{
    private readonly ConcurrentQueue<CheckDone> _waiting = new();
    private int _asked;

    public void Add(CheckDone done)
    {
        _waiting.Enqueue(done);
        if (done.Result is { Passed: false }) now();
        else if (Interlocked.Exchange(ref _asked, 1) == 0) soon();
    }

    /// <summary>Takes all that wait.</summary>
    public IEnumerable<CheckDone> Take()
    {
        // Before the first is taken, and not reordered behind it: what is added from here on asks anew.
        Interlocked.Exchange(ref _asked, 0);
        while (_waiting.TryDequeue(out var done)) yield return done;
    }
}

/// <summary>A check's end.</summary>
/// <param name="Result">What it said; null = nothing.</param>
/// <param name="At">Monotonic milliseconds; the next check counts from here, whenever this one's result is taken.</param>
internal sealed record CheckDone(string Backend, CheckResult? Result, long At)
{
    /// <summary>Who was asked: another server may have come under its name meanwhile; null = whoever has it.</summary>
    public Backend? Server { get; init; }
}
