using System.ComponentModel;
using ClusterLb.ControlPlane.Reload;

namespace ClusterLb.Node.Reload;

internal sealed record ReloadAllReport(
    [Description("applied; unchanged: there is no difference on any node; or possible: it was a dry run.")] ReloadOutcome Outcome,
    [Description("That all nodes are at, or would be: a number that grows with every reload of all nodes.")] long Epoch,
    [Description("Of what all nodes have the same: 12 hexadecimal digits, as in status.")] string Fingerprint,
    [Description("The one that was asked first, the others by name.")] IReadOnlyList<ReloadedNodeReport> Nodes)
{
    public static ReloadAllReport Of(ReloadAllAnswer answer, bool isDryRun)
    {
        var hasChanges = answer.Nodes.Any(node => node.Offer.Changes.Count > 0);
        return new ReloadAllReport(
            !hasChanges ? ReloadOutcome.Unchanged : isDryRun ? ReloadOutcome.Possible : ReloadOutcome.Applied,
            answer.Epoch.Number, answer.Epoch.Fingerprint, [.. answer.Nodes.Select(ReloadedNodeReport.Of)]);
    }
}

internal sealed record ReloadedNodeReport(
    [Description("Its name.")] string Node,
    [Description("confirmed: it is in force there; silent: nothing was heard within 5 s, and it follows when it can; refused: it could "
        + "not any more; not-asked: a dry run, or nothing to change on any node.")]
    Confirmation Confirmation,
    [Description("Why it refused; else empty.")] string Refusal,
    [Description("Every difference there to what was in force, one line each; 100 at most.")] IReadOnlyList<string> Changes,
    [Description("What of it is legal and cannot work as it is meant, one line each; 100 at most.")] IReadOnlyList<string> Warnings)
{
    public static ReloadedNodeReport Of(ReloadedNode node) =>
        new(node.Name, node.Confirmation, node.Refusal, [.. node.Offer.Changes], [.. node.Offer.Warnings]);
}
