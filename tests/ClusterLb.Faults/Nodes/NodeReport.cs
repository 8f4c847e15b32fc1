using System.Text.Json;

namespace ClusterLb.Faults.Nodes;

/// <summary>What a node says of the cluster: <c>GET /api/v1/status</c>.</summary>
internal sealed class NodeReport(JsonElement status)
{
    public bool IsReady => Text(status, "state") == "ready";

    /// <summary>Members of the cluster that are up and can be reached.</summary>
    public IReadOnlyList<string> Members => [.. Nodes
        .Where(node => Text(node, "status") == "up" && node.GetProperty("is_reachable").GetBoolean())
        .Select(node => Text(node, "name"))];

    /// <summary>Empty while nobody has it.</summary>
    public string Monitor => Nodes.Where(node => node.GetProperty("is_monitor").GetBoolean()).Select(node => Text(node, "name"))
        .FirstOrDefault("");

    public bool RefusesCommands => Text(status.GetProperty("control_plane"), "refusal").Length > 0;

    /// <summary>How often its control plane began anew.</summary>
    public int Restarts => status.GetProperty("control_plane").GetProperty("restarts").GetInt32();

    public bool StoreIsUp => status.GetProperty("store").GetProperty("is_up").GetBoolean();

    public string Fingerprint => Text(status.GetProperty("config"), "fingerprint");

    /// <summary>Every backend of every pool takes work; one on trial awaits the first request that happens to go there.</summary>
    public bool AllTakeWork => Backends().All(one => one.State is "up" or "trial");

    /// <summary>A backend gets no work in any pool that has it.</summary>
    public bool IsOut(string backend) => IsOut(one => one.Name == backend);

    /// <summary>The same of pools with HTTP: a TCP check passes at a process that is stopped.</summary>
    public bool IsOutOfHttp(string backend) => IsOut(one => one.Name == backend && one.Pool != "lines");

    private IEnumerable<JsonElement> Nodes => status.GetProperty("nodes").EnumerateArray();

    public IEnumerable<(string Pool, string Name, string State)> Backends() =>
        from pool in status.GetProperty("pools").EnumerateArray()
        from backend in pool.GetProperty("backends").EnumerateArray()
        select (Text(pool, "name"), Text(backend, "name"), Text(backend, "state"));

    private bool IsOut(Func<(string Pool, string Name, string State), bool> isMeant) =>
        Backends().Where(isMeant).All(one => one.State is "down" or "ejected");

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
