namespace ClusterLb.ControlPlane.Sessions;

/// <summary>What was asked and told of sessions on this node, since its start.</summary>
/// <param name="ClaimedByStore">First uses that the store answered.</param>
/// <param name="ClaimedByActor">First uses that a session's actor answered.</param>
/// <param name="ClaimedByNobody">First uses that nobody answered in time, so the hash decided.</param>
/// <param name="Moved">Moves that were answered.</param>
/// <param name="NotMoved">Moves that nobody answered in time, or for which nobody was eligible.</param>
/// <param name="Unconfirmed">
/// Moves and evictions decided on this node that were answered before every other node had confirmed them.
/// </param>
/// <param name="FellBehind">Times that another node had to be told everything anew.</param>
/// <param name="NotAsked">First uses and moves for which nobody was asked, because too many were under way: the hash decided.</param>
/// <param name="NotesDropped">Bindings of event loops for which there was no room.</param>
/// <param name="Known">Bindings in this node's table.</param>
/// <param name="Displaced">Bindings that left it before they expired, because there was no room.</param>
public sealed record SessionCounts(
    long ClaimedByStore,
    long ClaimedByActor,
    long ClaimedByNobody,
    long Moved,
    long NotMoved,
    long Unconfirmed,
    long FellBehind,
    long NotAsked,
    long NotesDropped,
    int Known,
    long Displaced);
