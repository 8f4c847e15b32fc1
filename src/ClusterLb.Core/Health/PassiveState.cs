using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;

namespace ClusterLb.Core.Health;

public enum PassivePhase
{
    Normal,

    /// <summary>Out of rotation until its time is over.</summary>
    Ejected,

    /// <summary>One request at a time decides whether it returns.</summary>
    Trial,
}

/// <summary>What real traffic taught about one backend on this node. Not thread-safe: its pool guards it.</summary>
public sealed class PassiveState(PassiveConfig config)
{
    // The times of the latest failures, as many as it takes to eject.
    private readonly long[] _failures = new long[Math.Max(1, config.Failures)];
    private int _failureCount;
    private int _ejections;
    private long _until;

    public PassivePhase Phase { get; private set; }

    /// <summary>Monotonic milliseconds when the ejection ends; meaningful while ejected.</summary>
    public long EjectedUntil => _until;

    /// <summary>True for an outcome that speaks against the backend, and not against the client or this proxy.</summary>
    public static bool Counts(in Outcome outcome) => outcome is
    {
        Side: Side.Upstream,
        Kind: OutcomeKind.Refused or OutcomeKind.Unreachable or OutcomeKind.Reset or OutcomeKind.Closed or OutcomeKind.TimedOut
            or OutcomeKind.Protocol or OutcomeKind.BadStatus,
    };

    /// <summary>Takes a failure into account. True when the backend should be ejected now: at once when nobody listens there, else at the n-th failure in the window.</summary>
    public bool Fail(in Outcome outcome, long now)
    {
        if (config.Failures == 0 || Phase == PassivePhase.Ejected) return false;
        _failures[_failureCount++ % _failures.Length] = now;
        if (Phase == PassivePhase.Trial || outcome.Kind == OutcomeKind.Refused) return true;
        return _failureCount >= config.Failures && now - _failures[_failureCount % _failures.Length] <= config.Window.TotalMilliseconds;
    }

    /// <summary>The n-th ejection in a row lasts n times as long; after a quiet time of the longest one, counting begins anew.</summary>
    public void Eject(long now)
    {
        if (now - _until > config.MaxEject.TotalMilliseconds) _ejections = 0;
        _ejections++;
        _failureCount = 0;
        _until = now + (long)Math.Min(config.Eject.TotalMilliseconds * _ejections, config.MaxEject.TotalMilliseconds);
        Phase = PassivePhase.Ejected;
    }

    /// <summary>Lets an ejected backend prove itself once its time is over. True when that is now.</summary>
    public bool EndEjection(long now)
    {
        if (Phase != PassivePhase.Ejected || now < _until) return false;
        Phase = PassivePhase.Trial;
        return true;
    }

    public void TrialSucceeded()
    {
        Phase = PassivePhase.Normal;
        _failureCount = 0;
    }
}
