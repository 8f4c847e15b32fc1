using ClusterLb.Core.Routing;
using ClusterLb.DataPlane.Messages;

namespace ClusterLb.DataPlane.Requests;

/// <summary>An answer of our own to a request that goes to no backend.</summary>
/// <param name="Reason">For the log.</param>
/// <param name="IsLast">The client is served no more: what follows cannot be told from this request, or should not be.</param>
internal readonly record struct Refusal(int Status, string Reason, bool IsLast = true)
{
    /// <summary>
    /// Why a request that is well-formed goes to no backend; null = it may. Gives its path, and what decides where it goes, their one form.
    /// </summary>
    /// <param name="routes">Null = there are none.</param>
    public static Refusal? Of(Request request, HttpSettings settings, ListenerRoutes? routes)
    {
        if (request.ReformPath(settings.Path) is { } reason) return new Refusal(400, reason);
        if (request.MaxForwards == 0) return new Refusal(200, "Max-Forwards ended here", IsLast: false);
        if (settings.Limits.BodyBytes != 0 && request.Body.Length > settings.Limits.BodyBytes)
            return new Refusal(413, "request body too large");
        return routes is not null && !request.TrySettle(routes.Deciding) ? new Refusal(400, Reasons.DecidesTwice) : null;
    }
}
