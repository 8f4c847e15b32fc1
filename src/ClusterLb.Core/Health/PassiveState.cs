using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Health;

public enum PassivePhase
{
    /// <summary>Real traffic has nothing against it.</summary>
    Clear,

    /// <summary>Gets no work until its time is over.</summary>
    Ejected,

    /// <summary>Gets one request at a time, until one of them tells.</summary>
    Trial,
}

/// <summary>
/// What real traffic did to one backend on this node: Clear, then Ejected, then Trial, then Clear or Ejected again.
/// The n-th ejection in a row lasts n times <c>passive.eject</c>, at most <c>passive.max-eject</c>, after Envoy's outlier detection.
/// </summary>
/// <param name="Ejections">How many ejections in a row, the current one included.</param>
/// <param name="SinceMilliseconds">Monotonic milliseconds at which <paramref name="Phase"/> began.</param>
public readonly record struct PassiveState(PassivePhase Phase, int Ejections, long SinceMilliseconds)
{
    /// <summary>Monotonic milliseconds at which an ejection ends.</summary>
    public long EndsAt(PassiveConfig config)
    {
        var milliseconds = Math.Min(Ejections * (long)config.Eject.TotalMilliseconds, (long)config.MaxEject.TotalMilliseconds);
        return SinceMilliseconds + milliseconds;
    }

    /// <summary>Ejected now. A backend that was clear for <c>max-eject</c> starts counting anew.</summary>
    public PassiveState Eject(PassiveConfig config, long nowMilliseconds)
    {
        var quiet = Phase == PassivePhase.Clear && nowMilliseconds - SinceMilliseconds >= (long)config.MaxEject.TotalMilliseconds;
        return new(PassivePhase.Ejected, quiet ? 1 : Ejections + 1, nowMilliseconds);
    }

    /// <summary>On trial, if it is ejected and its time is over; else unchanged.</summary>
    public PassiveState Advance(PassiveConfig config, long nowMilliseconds) =>
        Phase == PassivePhase.Ejected && nowMilliseconds >= EndsAt(config)
            ? this with { Phase = PassivePhase.Trial, SinceMilliseconds = nowMilliseconds }
            : this;

    /// <summary>What one piece of evidence makes of a backend on trial; else unchanged.</summary>
    public PassiveState Try(PassiveEvidence evidence, PassiveConfig config, long nowMilliseconds) => (Phase, evidence) switch
    {
        (PassivePhase.Trial, PassiveEvidence.Success or PassiveEvidence.Reached) =>
            this with { Phase = PassivePhase.Clear, SinceMilliseconds = nowMilliseconds },
        (PassivePhase.Trial, PassiveEvidence.Failure or PassiveEvidence.Refused) => Eject(config, nowMilliseconds),
        _ => this,
    };
}
