using Akka.Actor;
using ClusterLb.Core.Backends;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>What an operator may ask of a backend's actor; each is answered with <see cref="BackendAdminState"/>.</summary>
/// <param name="Backend">Its id, <c>pool/name</c>.</param>
public abstract record BackendCommand(string Backend) : INoSerializationVerificationNeeded;

/// <summary>No new work; done when nothing is in flight, or at the timeout.</summary>
public sealed record DrainBackend(string Backend, TimeSpan Timeout) : BackendCommand(Backend);

public sealed record ReadyBackend(string Backend) : BackendCommand(Backend);

public sealed record MaintainBackend(string Backend) : BackendCommand(Backend);

public sealed record GetBackend(string Backend) : BackendCommand(Backend);

/// <param name="Backend">Its id; an unknown one is answered with a null state.</param>
/// <param name="State">Now.</param>
/// <param name="InFlight">Requests and connections there now.</param>
public sealed record BackendAdminState(string Backend, AdminState? State, long InFlight) : INoSerializationVerificationNeeded;

/// <summary>To the publisher: the data plane must hear of it.</summary>
internal sealed record AdminStateChanged(string Backend, AdminState State, string Reason) : INoSerializationVerificationNeeded;
