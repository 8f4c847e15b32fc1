using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Pools;

/// <summary>What a pool knows of one of its backends. Guarded by the pool's gate, but for the trial flag.</summary>
internal sealed class Member(Backend backend, PassiveConfig passive)
{
    private int _onTrial;

    public Backend Backend { get; } = backend;

    public AdminState Admin { get; set; }

    public ActiveHealth Active { get; set; }

    /// <summary>Why it is in the state it is in.</summary>
    public string Reason { get; set; } = "not checked yet";

    public bool LocalPathBroken { get; set; }

    public PassiveState Passive { get; } = new(passive);

    /// <summary>Monotonic milliseconds of the last change of the effective state.</summary>
    public long Since { get; set; }

    /// <summary>Monotonic milliseconds; 0 = not in slow start.</summary>
    public long RampStart { get; set; }

    /// <summary>One request at a time may try a backend whose ejection has ended. Lock-free: loops race for it.</summary>
    public bool TryBeginTrial() => Interlocked.CompareExchange(ref _onTrial, 1, 0) == 0;

    public void EndTrial() => Volatile.Write(ref _onTrial, 0);
}
