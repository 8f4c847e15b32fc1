using System.Globalization;
using ClusterLb.Node.Admin;

namespace ClusterLb.Node.Commands;

/// <summary>What a command for a backend has come to, in words: by the answer alone, which says what is so now. Pure.</summary>
internal static class BackendAnswers
{
    /// <summary>Of a drain.</summary>
    public static (string Text, bool IsAsAsked) Begun(BackendReport report) => report.Admin switch
    {
        "drained" => ("is drained", true),
        "draining" => (string.Create(CultureInfo.InvariantCulture,
            $"drains: {report.InFlight} in flight, cut off in {report.Drain?.DeadlineSeconds:0.#} s{Staying(report)}"), true),
        _ => (Overruled(report), false),
    };

    /// <param name="report">After the command.</param>
    /// <param name="wanted"><c>ready</c> or <c>maintenance</c>.</param>
    public static (string Text, bool IsAsAsked) Became(BackendReport report, string wanted)
    {
        if (report.Admin != wanted) return (Overruled(report), false);
        if (wanted != "ready") return ($"is in {wanted}", true);
        return (report.State == "up" ? "is ready" : $"is ready, but {report.State}: {report.Reason}", true);
    }

    /// <param name="report">After the command.</param>
    /// <param name="wanted">Null = the configured one.</param>
    public static (string Text, bool IsAsAsked) Weighed(BackendReport report, int? wanted)
    {
        var text = report.OperatorWeight is { } weight
            ? string.Create(CultureInfo.InvariantCulture, $"has weight {weight}")
            : "has its configured weight";
        if (report.OperatorWeight != wanted) return (text + ": another command came after this one", false);
        // A backend in a slow start has a part of it, one that is not well none, unless its pool fails open.
        if (report.State != "up" && report.Weight == 0) return ($"{text}, and none while it is {report.State}", true);
        return report.State != "up" || report.OperatorWeight is not { } full || report.Weight >= full ? (text, true)
            : (string.Create(CultureInfo.InvariantCulture, $"{text}, {report.Weight:0.##} of it now, in its slow start"), true);
    }

    private static string Staying(BackendReport report)
    {
        if (report.Sessions == 0) return "";
        var what = report.Drain is { Mode: "all" }
            ? "sticky sessions that move now"
            : "sticky sessions it keeps until then, unless they are evacuated";
        return string.Create(CultureInfo.InvariantCulture, $"; {what}: {report.Sessions}");
    }

    private static string Overruled(BackendReport report) =>
        $"is {(report.Admin == "maintenance" ? "in maintenance" : report.Admin)}: another command came after this one";
}
