using System.CommandLine;
using System.Globalization;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb status</c>: nodes, pools and backends of the cluster, as the node asked sees them.</summary>
internal static class StatusCommand
{
    public static Command Create() =>
        new AdminOptions().CompleteView(new Command("status", "Show nodes, pools and backends of the cluster."), async call =>
    {
        call.Print(await call.Client.GetAsync<StatusReport>("status"), status => Print(status, call.Output));
        return ExitCode.Done;
    });

    public static void Print(StatusReport status, TextWriter output)
    {
        var (nodes, them) = status.Nodes.Count == 1 ? ("node", "it") : ("nodes", "them");
        output.WriteProse(string.Create(
            CultureInfo.InvariantCulture,
                $"{status.Nodes.Count} {nodes} as {status.Node} sees {them}; configuration {status.Config.Fingerprint}")
            + SinceOf(status.Config));
        foreach (var warning in Warnings(status)) output.WriteProse($"warning: {warning}");
        output.WriteLine();
        List<string> hidden = [.. PrintNodes(status, output)];
        // A node of an earlier release says nothing of seeds or versions, and may be asked while a cluster is brought up to date.
        foreach (var seed in status.MissingSeeds ?? []) output.WriteProse(LineOf(seed));
        var (shown, rest) = Choose(status.Pools, (output as PrintableWriter)?.LinesLeft);
        foreach (var pool in shown)
        {
            output.WriteLine();
            var open = pool.FailsOpen ? ", fails open: too few backends are healthy, so all are used" : "";
            output.WriteProse($"pool {pool.Name}, {pool.Balance}{open}");
            hidden.AddRange(PrintBackends(pool, output));
        }

        if (rest.Count > 0) output.WriteProse(TextOf(rest));
        output.WriteHidden(hidden);
    }

    /// <summary>Where a screen has no room for all pools, those in which a backend is not up come first; none is shown in part.</summary>
    /// <param name="lines">Of the screen; null = as many as it takes.</param>
    private static (List<PoolReport> Shown, List<PoolReport> Others) Choose(IReadOnlyList<PoolReport> pools, int? lines)
    {
        const int aroundTable = 3;
        const int notes = 4;
        if (lines is not { } left || pools.Sum(pool => pool.Backends.Count + aroundTable) <= left - notes) return ([.. pools], []);
        var (shown, rest) = (new List<PoolReport>(), new List<PoolReport>());
        left -= notes;
        foreach (var pool in pools.OrderBy(pool => pool.Backends.All(IsUp)))
        {
            var height = pool.Backends.Count + aroundTable;
            (height <= left ? shown : rest).Add(pool);
            if (height <= left) left -= height;
        }

        return (shown, rest);
    }

    private static bool IsUp(BackendReport backend) => backend.State == "up";

    private static string TextOf(List<PoolReport> rest)
    {
        var (backends, isUp) = (rest.Sum(pool => pool.Backends.Count), rest.Sum(pool => pool.Backends.Count(IsUp)));
        return string.Create(CultureInfo.InvariantCulture,
            $"and {rest.Count} more {(rest.Count == 1 ? "pool" : "pools")} with {backends} backends, {backends - isUp} of them not up");
    }

    /// <summary>A node of an earlier release does not say.</summary>
    private static string SinceOf(ConfigReport config) =>
        config.Since == default
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" since {config.Since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");

    private static IEnumerable<string> Warnings(StatusReport status)
    {
        if (!status.ControlPlane.Running) yield return $"the control plane of {status.Node} does not run; it serves from its last table";
        else if (status.ControlPlane.Refusal.Length > 0) yield return $"{status.Node} refuses commands: {status.ControlPlane.Refusal}";
        var alone = status.Nodes.Where(node => IsHeard(node) && node.IsStale).Select(node => node.Name).ToList();
        if (alone.Count > 0) yield return $"{string.Join(", ", alone)} hears no health monitor: it goes by what it finds itself";
        if (!status.Store.IsUp) yield return $"{status.Node} does not reach Redis: what it would keep, the nodes keep among themselves";
        if (status.Config.RingDisagreeing.Count > 0)
            yield return $"{string.Join(", ", status.Config.RingDisagreeing)} and {status.Node} hash keys to different backends";
        foreach (var pool in status.Pools)
        {
            // A node of an earlier release does not say.
            foreach (var warning in (pool.Sources ?? []).Select(WarningOf).Where(warning => warning.Length > 0))
                yield return $"pool {pool.Name}: {warning}";
            foreach (var backend in pool.Backends.Where(backend => backend.AddressByNode.Count > 0))
            {
                yield return $"nodes find different servers under the name of {pool.Name}/{backend.Name}: "
                    + string.Join(", ", backend.AddressByNode.Select(node => $"{node.Key} {node.Value}"));
            }
        }

        if (!status.Config.Agrees)
            yield return $"the configuration of {string.Join(", ", status.Config.Disagreeing)} differs from that of {status.Node}";
        var versions = status.Nodes.Where(IsHeard).GroupBy(VersionOf).ToList();
        foreach (var others in versions.Skip(1))
        {
            var names = string.Join(", ", others.Select(node => node.Name));
            yield return $"{status.Node} runs version {versions[0].Key}, but {names} {others.Key}";
        }
    }

    private static string WarningOf(SourceReport source) => source switch
    {
        { Problem.Length: > 0 } => $"{source.Source} names nobody: {source.Problem}; what it had stays",
        { HeldBack: > 0 } => string.Create(CultureInfo.InvariantCulture,
            $"{source.Source} lacks {source.HeldBack} backends at once, more than half of the pool; they stay 30 s"),
        { LeftOut: > 0 } => string.Create(CultureInfo.InvariantCulture,
            $"{source.Source} has {source.LeftOut} backends more than max; they are left out"),
        _ => "",
    };

    /// <summary>The epoch is of interest once there is one.</summary>
    private static IReadOnlyList<string> PrintNodes(StatusReport status, TextWriter output)
    {
        var hasEpochs = status.Nodes.Any(node => node.Epoch > 0);
        var table = new TextTable(["NODE", new("ROLE", 7), "STATUS", "PHASE", new("AGE", 5), new("LOOPS", 3), new("CONNS", 6),
            new("REQ/S", 6), new("VERDICTS", 2), new("VERSION", 4), .. hasEpochs ? new TextColumn[] { new("EPOCH", 2) } : [],
            new("CONFIG", 1)]);
        foreach (var node in status.Nodes) table.Add([.. CellsOf(node, status.Config.Fingerprint, hasEpochs)]);
        return table.Print(output);
    }

    private static IEnumerable<Cell> CellsOf(NodeStatus node, string fingerprint, bool hasEpochs)
    {
        var isHeard = IsHeard(node);
        yield return Cell.OfName(node.Name);
        yield return node.IsMonitor ? "monitor" : "-";
        yield return Cell.OfState(node.IsReachable ? node.Status : "unreachable");
        yield return isHeard ? Cell.OfState(node.Phase) : "-";
        yield return isHeard ? Cell.OfAge(node.UptimeSeconds) : "-";
        yield return isHeard ? node.EventLoops : "-";
        yield return isHeard ? node.ActiveConnections : "-";
        yield return isHeard ? node.RequestsPerSecond.ToString("0.0", CultureInfo.InvariantCulture) : "-";
        yield return isHeard ? node.Verdicts + (node.IsStale ? " stale" : "") : "-";
        yield return isHeard ? VersionOf(node) : "-";
        if (hasEpochs) yield return isHeard ? node.Epoch : "-";
        yield return isHeard ? node.Fingerprint + (node.Fingerprint == fingerprint ? "" : " DIFFERS") : "-";
    }

    private static bool IsHeard(NodeStatus node) => node.Phase.Length > 0;

    private static string VersionOf(NodeStatus node) => string.IsNullOrEmpty(node.Version) ? "unknown" : node.Version;

    private static string LineOf(SeedReport seed) => (seed.Name.Length > 0 ? $"{seed.Name} at {seed.Address}" : seed.Address) + seed switch
    {
        { IsReached: true } => ": seed, answers, but is not in this cluster",
        { LastSeen: { } seen } =>
            string.Create(CultureInfo.InvariantCulture, $": seed, not reached since {seen.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"),
        _ => ": seed, never reached",
    };

    private static IReadOnlyList<string> PrintBackends(PoolReport pool, TextWriter output)
    {
        var hasSources = pool.Backends.Any(backend => backend.Source.Length > 0);
        TextColumn[] from = hasSources ? [new("FROM", 2)] : [];
        var table = new TextTable(["BACKEND", new("ADDRESS", 1), .. from, "STATE", "SINCE", new("WEIGHT", 4), new("IN FLIGHT", 5),
            new("BY NODE", 2), new("SESSIONS", 3), "WHY"]);
        foreach (var backend in pool.Backends)
        {
            Cell[] source = hasSources ? [FromOf(backend)] : [];
            table.Add([
                Cell.OfName($"{pool.Name}/{backend.Name}", backend.Name),
                backend.Address,
                .. source,
                Cell.OfState(backend.State),
                Cell.OfAge(backend.SinceSeconds),
                backend.Weight.ToString(CultureInfo.InvariantCulture),
                backend.InFlight,
                backend.InFlightByNode.Count == 0
                    ? "-"
                    : string.Join(' ', backend.InFlightByNode.Select(node =>
                        string.Create(CultureInfo.InvariantCulture, $"{node.Key}={node.Value}"))),
                backend.Sessions,
                WhyOf(backend),
            ]);
        }

        return table.Print(output);
    }

    private static string FromOf(BackendReport backend) => backend switch
    {
        { Source.Length: 0 } => "-",
        { Tier: 0 } => backend.Source,
        _ => string.Create(CultureInfo.InvariantCulture, $"{backend.Source} tier {backend.Tier}"),
    };

    private static string WhyOf(BackendReport backend)
    {
        var why = backend.Reason;
        if (backend.Drain is { Done: false } drain)
            why += string.Create(CultureInfo.InvariantCulture, $"; {drain.DeadlineSeconds:0} s left");
        if (backend.Drain is { Cut: > 0 } cut) why += string.Create(CultureInfo.InvariantCulture, $"; {cut.Cut} cut off");
        return why + string.Concat(backend.UnreachableFrom.Select(node => $"; unreachable from {node.Key}: {node.Value}"));
    }
}
