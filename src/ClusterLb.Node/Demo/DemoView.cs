using ClusterLb.Node.Admin;

namespace ClusterLb.Node.Demo;

/// <summary>All that the screen of the demo shows.</summary>
/// <param name="Nodes">Their processes.</param>
/// <param name="Status">As one of them knows it; null when none answers.</param>
/// <param name="Events">What they decided, oldest first.</param>
/// <param name="Traffic">How that goes; empty while there was none.</param>
/// <param name="Said">What a key did just now; empty when there was none.</param>
internal sealed record DemoView(IReadOnlyList<DemoProcess> Nodes, StatusReport? Status, IReadOnlyList<EventReport> Events, DemoHints Hints,
    string Traffic, string Said);

/// <param name="End">How the process ended; empty while it runs.</param>
/// <param name="Complaint">Why it ended by itself; empty while it runs, and when it was killed.</param>
internal sealed record DemoProcess(DemoPorts Ports, int Pid, string End, string Complaint = "");
