using ClusterLb.Core.Sessions;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>What event loops need for sticky sessions; all of it may be used on any thread.</summary>
/// <param name="Bindings">What this node knows; loops only read it, and mark what they use.</param>
/// <param name="Directory">Who knows more.</param>
/// <param name="NewPerClient">
/// New sessions that a loop lets one client begin in a second before it leaves them to the hash alone; 0 = any number.
/// </param>
public sealed record SessionServices(BindingTable Bindings, ISessionDirectory Directory, CookieKeysHolder Keys, int NewPerClient);
