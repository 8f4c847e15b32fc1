namespace ClusterLb.Core.Backends;

/// <summary>How the control plane ends what still runs on a backend when a drain's time is up; on this node only.</summary>
public interface IWorkCutter
{
    /// <summary>
    /// Closes whatever is in flight on the backend and its idle connections: FIN at once, RST after 1 s where the peer has not finished by
    /// then. A request of which the client has no byte yet is tried elsewhere or answered instead. Make the backend ineligible first, or
    /// new work replaces the old. Any thread.
    /// </summary>
    /// <returns>How many requests and connections were cut; completes when every event loop has done so.</returns>
    Task<int> CutAsync(Backend backend);
}
