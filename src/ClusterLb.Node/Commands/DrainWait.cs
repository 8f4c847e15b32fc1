using System.Globalization;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary>Waits until a backend is drained on every node.</summary>
internal static class DrainWait
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_progress = TimeSpan.FromSeconds(1);

    /// <summary>Nodes have so long past the deadline to close what is left and to say so.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(15);

    /// <returns>
    /// Done when it emptied by itself; No when connections were cut off, somebody changed his mind, or it is not drained in time.
    /// </returns>
    public static async Task<int> RunAsync(AdminCall call, BackendName backend, BackendReport first, TimeProvider time)
    {
        var (started, report, told) = (time.GetTimestamp(), first, time.GetTimestamp());
        var patience = TimeSpan.FromSeconds(first.Drain?.DeadlineSeconds ?? 0) + s_grace;
        while (report.Admin == "draining" && time.GetElapsedTime(started) < patience)
        {
            await Task.Delay(s_interval, time);
            report = await call.Client.GetAsync<BackendReport>(backend.Path);
            if (time.GetElapsedTime(told) < s_progress) continue;
            told = time.GetTimestamp();
            call.Error.WriteProse($"{backend} drains: {Left(report)}");
        }

        call.Print(report, _ => call.Output.WriteProse($"{backend} {Say(report)}"));
        return report is { Admin: "drained", Drain.Cut: 0 } ? ExitCode.Done : ExitCode.No;
    }

    /// <summary>Such as <c>3 requests on lb2, 1 on lb3, 1 session, 18 s left</c>.</summary>
    private static string Left(BackendReport report)
    {
        var parts = report.InFlightByNode.Where(node => node.Value > 0).Select((node, i) =>
            string.Create(CultureInfo.InvariantCulture,
                $"{node.Value}{(i > 0 ? "" : node.Value == 1 ? " request" : " requests")} on {node.Key}"))
            .DefaultIfEmpty("nothing in flight").ToList();
        if (report.Sessions > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{report.Sessions} {(report.Sessions == 1 ? "session" : "sessions")}"));
        if (report.Drain is { } drain) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{drain.DeadlineSeconds:0} s left"));
        return string.Join(", ", parts);
    }

    private static string SessionsOf(BackendReport report) =>
        report.Sessions == 1 ? "1 session moves" : string.Create(CultureInfo.InvariantCulture, $"{report.Sessions} sessions move");

    private static string Say(BackendReport report) => report switch
    {
        { Admin: "drained", Drain.Cut: 0, Sessions: 0 } => "is drained: all work on it ended by itself",
        { Admin: "drained", Drain.Cut: 0 } =>
            $"is drained: nothing was in flight at the deadline; {SessionsOf(report)} with the next request",
        { Admin: "drained", Drain.Cut: 1 } => "is drained: 1 connection was cut off at the deadline",
        { Admin: "drained" } => string.Create(CultureInfo.InvariantCulture,
            $"is drained: {report.Drain?.Cut} connections were cut off at the deadline"),
        { Admin: "draining" } => string.Create(
            CultureInfo.InvariantCulture,
                $"is not drained in time: {report.InFlight} in flight on {string.Join(", ", report.InFlightByNode.Keys)}"),
        _ => $"drains no more: somebody wants it {report.Admin}",
    };
}
