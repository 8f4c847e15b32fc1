using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Numerics;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// A named way to spread work; all that is known of it is in its file. Stateless; one instance per process, listed in
/// <see cref="Policies"/>.
/// </summary>
public interface ILoadBalancingPolicy
{
    /// <summary>As written in <c>balance = …</c>.</summary>
    string Name { get; }

    /// <summary>It picks by <see cref="BackendLoad.ResponseMicroseconds"/>, so that response times are worth measuring.</summary>
    bool NeedsResponseTimes => false;

    /// <summary>What <see cref="PickRequest.Key"/> is to be made of; null = the policy does not hash.</summary>
    KeySource? KeyOf(PoolConfig pool) => null;

    /// <summary>
    /// Builds what all loops of the node share for one set of members (hash tables). Runs off the path, whenever membership changes.
    /// </summary>
    IPickerSource Build(PoolConfig pool, IReadOnlyList<Backend> members);
}

/// <summary>Makes one picker per event loop, and tells people what pickers do, which is off the path of requests. Any thread.</summary>
public interface IPickerSource
{
    IPicker CreatePicker(LoopRandom random);

    /// <summary>
    /// Called off the path of requests, by one thread at a time, with what operators want the members to weigh: once after
    /// <see cref="ILoadBalancingPolicy.Build"/> and whenever that changes. What weights do from moment to moment (slow start, health) is in
    /// <see cref="PickRequest.Eligible"/>, and all that most policies need.
    /// </summary>
    /// <param name="weights">By <see cref="Backend.Index"/>: an operator's or the configured one, 0 to 256.</param>
    void Weigh(ReadOnlySpan<int> weights)
    {
    }

    /// <summary>What pickers compare of an eligible backend, less is better; null = they compare nothing.</summary>
    /// <param name="backend">Eligible.</param>
    /// <param name="eligible">All that are.</param>
    /// <param name="nowMilliseconds">Monotonic.</param>
    double? ScoreOf(Backend backend, Eligibility eligible, long nowMilliseconds) => null;

    /// <summary>
    /// Who gets a key if all before it cannot: the key's own backend first, each once. One that is not eligible stands where it will stand
    /// when it is; those that weigh 0 by the configuration and by operators are left out. Empty = the policy does not hash.
    /// </summary>
    IReadOnlyList<Backend> OrderOf(ulong key, Eligibility eligible) => [];

    /// <summary>Why a picker gives this backend, in one sentence without a full stop.</summary>
    /// <param name="picked">By a picker of this source.</param>
    /// <param name="eligible">Of whom.</param>
    /// <param name="key">As in <see cref="PickRequest.Key"/>; null = the request has none.</param>
    string Explain(Backend picked, Eligibility eligible, ulong? key);
}

/// <summary>Yields a backend. Owned by one event loop, so it may keep plain mutable state; allocates nothing.</summary>
public interface IPicker
{
    /// <summary>A backend that the request accepts, or null when there is none.</summary>
    Backend? Pick(in PickRequest request);
}
