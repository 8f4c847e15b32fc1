using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>The counters behind <see cref="SessionCounts"/>. Any thread.</summary>
internal sealed class SessionTally
{
    /// <summary>Of each kind at a time.</summary>
    public const int MostUnderWay = 1_024;

    private long _claimedByStore;
    private long _claimedByActor;
    private long _claimedByNobody;
    private long _moved;
    private long _notMoved;
    private long _unconfirmed;
    private long _fellBehind;

    /// <summary>First uses, and what is learned from answers: a flood of these is not to keep sessions from being moved.</summary>
    public AskLimit Claims { get; } = new(MostUnderWay);

    public AskLimit Moves { get; } = new(MostUnderWay);

    /// <summary>
    /// Each waits for a check or two, and all the sessions that a backend kept waiting when it froze come at once; those without room would
    /// wait for it once more.
    /// </summary>
    public AskLimit Leaves { get; } = new(MostUnderWay * 16);

    public void ClaimedByStore() => Interlocked.Increment(ref _claimedByStore);

    /// <param name="isAnswered">False = nobody said anything in time.</param>
    public void ClaimedByActor(bool isAnswered) => Interlocked.Increment(ref isAnswered ? ref _claimedByActor : ref _claimedByNobody);

    /// <param name="isAnswered">False = nobody said anything in time, or nobody was eligible.</param>
    public void Moved(bool isAnswered) => Interlocked.Increment(ref isAnswered ? ref _moved : ref _notMoved);

    public void Unconfirmed(int count) => Interlocked.Add(ref _unconfirmed, count);

    public void FellBehind() => Interlocked.Increment(ref _fellBehind);

    public SessionCounts Read(BindingNotes notes, BindingTable bindings) => new(
        Interlocked.Read(ref _claimedByStore),
        Interlocked.Read(ref _claimedByActor),
        Interlocked.Read(ref _claimedByNobody),
        Interlocked.Read(ref _moved),
        Interlocked.Read(ref _notMoved),
        Interlocked.Read(ref _unconfirmed),
        Interlocked.Read(ref _fellBehind),
        Claims.Refused + Moves.Refused + Leaves.Refused,
        notes.Dropped,
        bindings.Count,
        bindings.Displaced);
}
