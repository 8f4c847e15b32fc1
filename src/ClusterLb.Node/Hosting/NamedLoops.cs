using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Hosting;

/// <summary>
/// Says when a name leads back to a listener of this node that uses it. What is written so is refused while it is read
/// (<see cref="LoopRules"/>); what a name server says is no reason for a node to end, and of HTTP <c>Via</c> ends every request that comes
/// round.
/// </summary>
/// <param name="tables">Has the addresses of names.</param>
/// <param name="journal">Is told each loop when it comes up.</param>
internal sealed class NamedLoops(TableOwner tables, EventJournal journal)
{
    private HashSet<(string Key, string Message)> _known = [];

    /// <summary>Called of every change, one at a time.</summary>
    public void Look()
    {
        var now = LoopRules.Find(tables.InForce.Config).ToHashSet();
        foreach (var (key, message) in now.Except(_known)) journal.Announce(key, message);
        _known = now;
    }
}
