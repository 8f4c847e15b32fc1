using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Node.Admin;

/// <summary>Where one session is.</summary>
/// <param name="Key">Of the session: 16 hexadecimal digits.</param>
/// <param name="Pool">Empty when its backend is not configured any more.</param>
/// <param name="Backend">Its name; empty when it was evicted or is not configured any more.</param>
/// <param name="Moves">How often it was moved or evicted.</param>
/// <param name="ExpiresInSeconds">Unless it is used.</param>
/// <param name="IsEvicted">Its next request begins anew.</param>
internal sealed record SessionReport(string Key, string Pool, string Backend, uint Moves, long ExpiresInSeconds, bool IsEvicted)
{
    public static SessionReport Of(in Binding binding, RoutingTable table, DateTimeOffset utcNow)
    {
        var found = table.FindBackend(binding.Backend);
        return new SessionReport(
            binding.Session.ToString(), found?.Pool.Name ?? "", found?.Backend.Name ?? "", binding.IsLocal ? 0 : binding.Version - 1,
            Math.Max(0, binding.ExpiresAt - utcNow.ToUnixTimeSeconds()), binding.IsEvicted);
    }
}

/// <param name="Sessions">Of those that match, as many as were asked for.</param>
/// <param name="Known">How many this node knows in all.</param>
internal sealed record SessionListReport(IReadOnlyList<SessionReport> Sessions, long Known);

/// <param name="Found">Sessions that it had when it began.</param>
/// <param name="Moved">Elsewhere now.</param>
/// <param name="Left">Still there after the last look over all of them.</param>
/// <param name="IsDone">It is over.</param>
/// <param name="End">Why it ended; empty while it goes on.</param>
internal sealed record EvacuationReport(string Backend, int Found, int Moved, int Left, bool IsDone, string End);
