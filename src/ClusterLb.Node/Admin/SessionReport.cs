using System.ComponentModel;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;

namespace ClusterLb.Node.Admin;

/// <summary>Where one session is.</summary>
internal sealed record SessionReport(
    [Description("Of the session: 16 hexadecimal digits.")] string Key,
    [Description("Empty when its backend is not configured any more.")] string Pool,
    [Description("Its name in the pool; empty when it was evicted or is not configured any more.")] string Backend,
    [Description("How often it was moved or evicted.")] uint Moves,
    [Description("Unless it is used before; 0 or more.")] long ExpiresInSeconds,
    [Description("It is forgotten: its next request begins anew.")] bool IsEvicted)
{
    public static SessionReport Of(in Binding binding, RoutingTable table, DateTimeOffset utcNow)
    {
        var found = table.FindBackend(binding.Backend);
        return new SessionReport(
            binding.Session.ToString(), found?.Pool.Name ?? "", found?.Backend.Name ?? "", binding.IsLocal ? 0 : binding.Version - 1,
            Math.Max(0, binding.ExpiresAt - utcNow.ToUnixTimeSeconds()), binding.IsEvicted);
    }
}

internal sealed record SessionListReport(
    [Description("Of those that match, as many as were asked for.")] IReadOnlyList<SessionReport> Sessions,
    [Description("How many the node that answers knows in all.")] long Known);

internal sealed record EvacuationReport(
    [Description("Pool and name, such as app/b1.")] string Backend,
    [Description("Sessions that it had.")] int Found,
    [Description("Sessions that are elsewhere now.")] int Moved,
    [Description("Sessions still there after the last look over all of them.")] int Left,
    [Description("It is over.")] bool IsDone,
    [Description("Why it ended; empty while it goes on.")] string End);
