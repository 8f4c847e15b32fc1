namespace ClusterLb.ControlPlane.Protocol;

/// <summary>Are you in a cluster? From a node that is not, to a seed; answered with <see cref="Knocked"/>.</summary>
/// <param name="Uid">Of the ActorSystem that asks; 0 = it does not say.</param>
internal sealed record Knock(int Uid) : IClusterMessage;

/// <param name="InCluster">True when the one who asked may join through the one who answers.</param>
/// <param name="Uid">Of the ActorSystem that answers; 0 = it does not say.</param>
internal sealed record Knocked(bool InCluster, int Uid) : IClusterMessage;

/// <summary>May I form the cluster? Answered with <see cref="Vote"/>.</summary>
/// <param name="Ballot">The candidate's own count of its attempts, so that a late vote is not taken for a new one.</param>
internal sealed record VoteRequest(long Ballot) : IClusterMessage;

/// <param name="IsGranted">The voter promises to vote for nobody else for <c>Election.PromiseMilliseconds</c>.</param>
internal sealed record Vote(long Ballot, bool IsGranted) : IClusterMessage;
