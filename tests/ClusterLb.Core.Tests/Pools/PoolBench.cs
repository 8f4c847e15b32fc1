using ClusterLb.Core.Backends;
using ClusterLb.Core.Balancing;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;
using ClusterLb.Core.Numerics;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Pools;

namespace ClusterLb.Core.Tests.Pools;

/// <summary>A pool on a bench: a clock that a test turns, and everything the pool said.</summary>
internal sealed class PoolBench : IPoolEvents
{
    public static readonly Outcome Refused = new(Side.Upstream, Stage.Connect, OutcomeKind.Refused, Retryability.Always);
    public static readonly Outcome ConnectTimedOut = new(Side.Upstream, Stage.Connect, OutcomeKind.TimedOut, Retryability.Always);
    public static readonly Outcome Reset = new(Side.Upstream, Stage.ResponseHead, OutcomeKind.Reset, Retryability.IfIdempotent);
    public static readonly Outcome Cancelled = new(Side.Downstream, Stage.ResponseBody, OutcomeKind.Cancelled, Retryability.Never);

    /// <summary>What a request can make a healthy backend do.</summary>
    public static readonly Outcome[] Provoked =
    [
        Reset,
        new(Side.Upstream, Stage.SendRequest, OutcomeKind.Reset, Retryability.Never),
        new(Side.Upstream, Stage.SendRequest, OutcomeKind.TimedOut, Retryability.Never),
        new(Side.Upstream, Stage.ResponseHead, OutcomeKind.Closed, Retryability.IfIdempotent),
        new(Side.Upstream, Stage.ResponseHead, OutcomeKind.TimedOut, Retryability.IfIdempotent),
        new(Side.Upstream, Stage.ResponseHead, OutcomeKind.Protocol, Retryability.Never),
        new(Side.Upstream, Stage.ResponseHead, OutcomeKind.BadStatus, Retryability.Never),
        new(Side.Internal, Stage.ResponseHead, OutcomeKind.HeadTooLarge, Retryability.Never),
        new(Side.Upstream, Stage.ResponseBody, OutcomeKind.Reset, Retryability.Never),
        new(Side.Upstream, Stage.ResponseBody, OutcomeKind.TimedOut, Retryability.Never),
        new(Side.Upstream, Stage.Tunnel, OutcomeKind.Reset, Retryability.Never),
    ];

    private ulong _clients = 1_000;

    public PoolBench(PoolConfig config) => Pool = new Pool(config, 0, new NoPolicy(), this, Now);

    public Pool Pool { get; private set; }

    public long Now { get; private set; } = 1_000_000;

    public List<string> Said { get; } = [];

    public string Eligible => string.Join(' ', Pool.Eligible.Candidates.Select(backend => backend.Name));

    /// <summary>With weights x 100.</summary>
    public string Weighted =>
        string.Join(' ', Pool.Eligible.Candidates.Select((backend, i) => $"{backend.Name}:{Pool.Eligible.Weights[i]}"));

    public Backend this[string name] => Pool.Find(name) ?? throw new ArgumentException(name);

    public PoolBench Active(ActiveHealth health, params string[] names)
    {
        foreach (var name in names) Pool.SetActive(this[name], health, $"checks say {health}", Now);
        return this;
    }

    public PoolBench Up(params string[] names) => Active(ActiveHealth.Up, names);

    public PoolBench Down(params string[] names) => Active(ActiveHealth.Down, names);

    /// <summary>Up by the cluster's word, which says how long ago it came back.</summary>
    public PoolBench UpSince(string name, double secondsAgo)
    {
        Pool.SetActive(this[name], ActiveHealth.Up, "checks say Up", Now, Now - (long)(secondsAgo * 1000));
        return this;
    }

    /// <summary>Ready by the cluster's word, which says how long ago it came back.</summary>
    public PoolBench ReadySince(string name, double secondsAgo)
    {
        Pool.SetAdmin(this[name], AdminState.Ready, "operator says Ready", Now, Now - (long)(secondsAgo * 1000));
        return this;
    }

    public PoolBench Weigh(string name, int? weight)
    {
        Pool.SetWeight(this[name], weight, weight is null ? "back to the file" : $"operator says {weight}", Now);
        return this;
    }

    public PoolBench Admin(string name, AdminState state)
    {
        Pool.SetAdmin(this[name], state, $"operator says {state}", Now);
        return this;
    }

    /// <summary>A pool of this configuration takes the place of the one on the bench, which is the answer.</summary>
    public Pool Replace(PoolConfig config)
    {
        var old = Pool;
        Pool = new Pool(config, 1, new NoPolicy(), this, Now, old);
        return old;
    }

    /// <summary>Of another client each time.</summary>
    public PoolBench Observe(string name, Outcome outcome, int times = 1)
    {
        for (var i = 0; i < times; i++) Pool.Observe(this[name], outcome, ++_clients, Now);
        return this;
    }

    public PoolBench ObserveBy(ulong client, string name, Outcome outcome, int times = 1)
    {
        for (var i = 0; i < times; i++) Pool.Observe(this[name], outcome, client, Now);
        return this;
    }

    /// <summary>Takes a lease, learns the outcome and returns the lease, as a request does; false when there was no lease.</summary>
    public bool Serve(string name, Outcome outcome, ulong client = 1)
    {
        if (!Pool.TryLease(this[name], out var lease)) return false;
        Pool.Observe(this[name], outcome, client, Now);
        lease.Return();
        return true;
    }

    /// <summary>Lets time pass in ticks of 100 ms.</summary>
    public PoolBench Pass(double seconds)
    {
        for (var end = Now + (long)(seconds * 1000); Now < end;)
        {
            Now += 100;
            Pool.Tick(Now);
        }

        return this;
    }

    public void EffectiveStateChanged(Backend backend, EffectiveState from, EffectiveState to, string reason) =>
        Said.Add($"{backend.Name} {from}>{to}: {reason}");

    public void FailOpenChanged(string pool, bool failOpen, int healthy, int configured) =>
        Said.Add($"{pool} fail open {failOpen}: {healthy} of {configured}");
}

internal sealed class NoPolicy : ILoadBalancingPolicy, IPickerSource, IPicker
{
    public string Name => "none";

    public IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members) => this;

    public IPicker CreatePicker(LoopRandom random) => this;

    public string Explain(Backend picked, Eligibility eligible, ulong? key) => "the first";

    public Backend? Pick(in PickRequest request) => request.Eligible.Candidates.FirstOrDefault();
}
