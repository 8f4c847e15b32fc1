using ClusterLb.Core.Configuration;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Protocol;

/// <summary>Goes to the actor of one session, on whatever node that is; answered with <see cref="SessionBound"/>.</summary>
internal interface ISessionMessage : IClusterMessage
{
    SessionKey Session { get; }
}

/// <summary>The keys of our cookie that one node has, to another that reported others; or that a store outside has kept.</summary>
/// <param name="Secrets">In base64.</param>
internal sealed record CookieKeysTold(EquatableList<string> Secrets) : IClusterMessage;

/// <summary>First use on some node.</summary>
/// <param name="Backend">The key of the one it gets if it has none.</param>
/// <param name="ExpiresAt">Unix seconds.</param>
internal sealed record ClaimSession(SessionKey Session, ulong Backend, uint ExpiresAt) : ISessionMessage;

/// <summary>The session's backend is gone: it gets another one, once and for everybody.</summary>
/// <param name="Pool">The name of the pool in which another is looked for.</param>
/// <param name="Backend">The key of the one that is gone, as the asking node's binding has it.</param>
/// <param name="Version">Of that binding.</param>
/// <param name="ExpiresAt">Unix seconds, of the binding to come.</param>
/// <param name="IsForced">An operator's wish: away from that backend even if it could go on, and whatever the version.</param>
internal sealed record MoveSession(SessionKey Session, string Pool, ulong Backend, uint Version, uint ExpiresAt, bool IsForced)
    : ISessionMessage
{
    /// <summary>The key of the one that the asking node has found to answer; 0 = wherever the hash says.</summary>
    public ulong Wanted { get; init; }

    /// <summary>What the asking node goes by.</summary>
    public Binding Known => new(Session, Backend, Version, ExpiresAt);
}

/// <summary>The session is bound to nothing any more, whatever cookies say; its next use begins anew.</summary>
/// <param name="Known">What the asking node knows of it, or its cookie says; null = nothing.</param>
internal sealed record EvictSession(SessionKey Session, Binding? Known) : ISessionMessage;

internal sealed record FindSession(SessionKey Session) : ISessionMessage;

/// <param name="Binding">Null = there is none, or nobody is eligible to be moved to.</param>
internal sealed record SessionBound(Binding? Binding) : IClusterMessage;

/// <summary>What a node has to tell another; answered with <see cref="BindingBatchTaken"/> when it is in that one's table.</summary>
/// <param name="Number">The sender's.</param>
/// <param name="Bindings">At most <see cref="Most"/>.</param>
internal sealed record BindingBatch(long Number, EquatableList<Binding> Bindings) : IClusterMessage
{
    /// <summary>21 bytes each, 25 at worst: well within the smallest frame that Akka.Remote is used with, 128,000 bytes.</summary>
    public const int Most = 4_000;
}

/// <param name="Number">As told.</param>
internal sealed record BindingBatchTaken(long Number) : IClusterMessage;

/// <summary>From a node that starts: answered with every <see cref="BindingPart"/> of this part.</summary>
/// <param name="Part">0 to the number of parts - 1.</param>
internal sealed record PullBindings(int Part) : IClusterMessage;

/// <param name="Parts">How many there are.</param>
/// <param name="IsLast">No more of this part follows.</param>
/// <param name="Bindings">At most <see cref="BindingBatch.Most"/>.</param>
internal sealed record BindingPart(int Part, int Parts, bool IsLast, EquatableList<Binding> Bindings) : IClusterMessage;
