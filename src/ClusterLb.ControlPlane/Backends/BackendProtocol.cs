using Akka.Actor;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>
/// What an operator may ask for, through any node; each is answered with <see cref="BackendAnswer"/> once most nodes know.
/// </summary>
/// <param name="Backend">Its id, <c>pool/name</c>.</param>
public abstract record BackendCommand(string Backend) : INoSerializationVerificationNeeded;

/// <summary>No new work; done when nothing is in flight in the whole cluster, or at the timeout.</summary>
public sealed record DrainBackend(string Backend, TimeSpan Timeout) : BackendCommand(Backend)
{
    /// <summary>The drain's mode: its sessions are moved at once; else they stay until they end.</summary>
    public bool MovesSessions { get; init; }
}

public sealed record ReadyBackend(string Backend) : BackendCommand(Backend);

public sealed record MaintainBackend(string Backend) : BackendCommand(Backend);

/// <param name="Weight">0 to 256; null = as configured again.</param>
public sealed record WeighBackend(string Backend, int? Weight) : BackendCommand(Backend);

/// <param name="Intent">What holds now; null when refused.</param>
/// <param name="Refusal">Why not, in one sentence; empty when done.</param>
public sealed record BackendAnswer(AdminIntent? Intent, string Refusal) : INoSerializationVerificationNeeded;

/// <summary>To a backend's actor: the same server, configured otherwise.</summary>
internal sealed record BackendChanged(Backend Backend) : INoSerializationVerificationNeeded;

/// <summary>To the publisher: the data plane must hear of it.</summary>
/// <param name="Weight">An operator's; null = as configured.</param>
/// <param name="Since">Monotonic milliseconds at which the state began anywhere in the cluster.</param>
/// <param name="SaidAt">Monotonic milliseconds at which the operator gave the latest command, which may have been for the weight.</param>
/// <param name="Reason">Who wanted it.</param>
internal sealed record AdminStateChanged(string Backend, AdminState State, int? Weight, long Since, long SaidAt, string Reason)
    : INoSerializationVerificationNeeded;
