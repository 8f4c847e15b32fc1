using System.ComponentModel;
using ClusterLb.Node.Configuration.Changes;

namespace ClusterLb.Node.Reload;

/// <summary>What became of a reload that was not refused.</summary>
internal enum ReloadOutcome
{
    /// <summary>There is no difference.</summary>
    Unchanged,

    /// <summary>It is in force.</summary>
    Applied,

    /// <summary>It would be, had it not been a trial.</summary>
    Possible,
}

internal sealed record ReloadReport(
    [Description("The one whose configuration was read again.")] string Node,
    [Description("applied; unchanged: there is no difference; or possible: it was a dry run.")] ReloadOutcome Outcome,
    [Description("Of the configuration that was read: 12 hexadecimal digits, as in status.")] string Fingerprint,
    [Description("Every difference to what was in force, by key.")] IReadOnlyList<ChangeReport> Changes,
    [Description("What of it is legal and cannot work as it is meant, one line each.")] IReadOnlyList<string> Warnings);

internal sealed record ChangeReport(
    [Description("As in the configuration, such as pools.app.backends.a3.")] string Key,
    [Description("added, removed or changed.")] ChangeKind Kind,
    [Description("Before; empty where there was nothing, or nobody is shown it.")] string From,
    [Description("After; of what was added what it is about. Empty likewise.")] string To,
    [Description("All of it in one line.")] string Text)
{
    public static ChangeReport Of(ConfigurationChange change) =>
        new(change.Key, change.Kind, change.From, change.To, change.ToString());
}
