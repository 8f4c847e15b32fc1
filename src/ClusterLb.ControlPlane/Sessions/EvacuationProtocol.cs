using Akka.Actor;

namespace ClusterLb.ControlPlane.Sessions;

/// <summary>
/// An operator's wish: the sessions of a backend that is draining or in maintenance move away now. Answered with
/// <see cref="EvacuationAnswer"/>.
/// </summary>
/// <param name="PerSecond">Sessions to move in a second, 1 or more; so many clients lose what the old backend kept of them.</param>
internal sealed record EvacuateBackend(string Backend, int PerSecond) : INoSerializationVerificationNeeded;

/// <param name="Progress">Null when refused.</param>
/// <param name="Refusal">Why not, in one sentence; empty when it has begun, or goes on.</param>
public sealed record EvacuationAnswer(EvacuationProgress? Progress, string Refusal) : INoSerializationVerificationNeeded;

/// <param name="Found">Sessions that it had when the evacuation began, as the node that does it knew.</param>
/// <param name="Moved">Sessions that are elsewhere now.</param>
/// <param name="Left">Sessions that were still there after the last look over the whole table.</param>
/// <param name="IsDone">It is over.</param>
/// <param name="End">Why it ended; empty while it goes on.</param>
public sealed record EvacuationProgress(string Backend, int Found, int Moved, int Left, bool IsDone, string End);

/// <param name="IsEvicted">False = nobody knows the session, or it was refused.</param>
/// <param name="Refusal">Why not, in one sentence; empty when it was not refused.</param>
public sealed record EvictionAnswer(bool IsEvicted, string Refusal);
