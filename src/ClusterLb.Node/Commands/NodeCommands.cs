using System.CommandLine;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb node drain|ready</c>: takes a node out of service through any node, and brings it back.</summary>
internal static class NodeCommands
{
    public static Command Create() => new("node", "Take nodes out of service and bring them back.")
    {
        Of("drain", "draining", "Make a node not ready, so that whoever sends clients there stops; it goes on accepting."),
        Of("ready", "ready", "Undo a drain."),
    };

    private static Command Of(string name, string state, string description)
    {
        var node = new Argument<string>("NAME") { Description = "The node's name." };
        var admin = new AdminOptions();
        node.CompletionSources.Add(new ClusterNames(admin).Nodes);
        return admin.Complete(new Command(name, description) { node }, async call =>
        {
            var report = await call.Client.PostAsync<NodeCommandReport>($"nodes/{Uri.EscapeDataString(call.Parsed.GetValue(node)!)}/state",
                new { State = state });
            // A node that leaves for good does not come back because somebody asks.
            var obeys = report.Phase == "draining" == (state == "draining");
            call.Print(report, _ => call.Output.WriteProse($"{report.Name} is {(obeys ? report.Phase : "leaving")}"));
            return obeys ? ExitCode.Done : ExitCode.No;
        });
    }
}
