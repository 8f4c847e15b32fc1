using ClusterLb.Core.Sessions;

namespace ClusterLb.DataPlane.Sessions;

/// <summary>What event loops need for sticky sessions; all of it may be used on any thread.</summary>
/// <param name="Bindings">What this node knows; loops only read it.</param>
/// <param name="Directory">Who knows more.</param>
/// <param name="Keys">Of our cookie.</param>
public sealed record SessionServices(BindingTable Bindings, ISessionDirectory Directory, CookieKeysHolder Keys);
