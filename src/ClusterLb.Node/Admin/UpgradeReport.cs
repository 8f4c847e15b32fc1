using System.ComponentModel;

namespace ClusterLb.Node.Admin;

internal sealed record UpgradeReport(
    [Description("The one whose place was taken.")] string Node,
    [Description("The number of the process that was it, and ends when its last client has left.")] int FormerProcess);
