using System.CommandLine;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb events</c>: what the cluster decided lately and why, oldest first.</summary>
internal static class EventsCommand
{
    public static Command Create() =>
        new AdminOptions().CompleteTable(new Command("events", "Show the last decisions of all nodes, with their evidence."), async call =>
    {
        call.Print(await call.Client.GetAsync<IReadOnlyList<EventReport>>("events"), events => Print(events, call.Output));
        return ExitCode.Done;
    });

    private static void Print(IReadOnlyList<EventReport> events, TextWriter output)
    {
        var table = new TextTable("TIME", "NODE", "SUBJECT", "WHAT");
        foreach (var one in events)
        {
            table.Add(Cell.OfTime(one.Time), one.Node, Cell.OfName(one.Subject), one.Text);
        }

        table.Print(output);
    }
}
