using System.Globalization;

namespace ClusterLb.Node.Demo;

/// <summary>What the keys of the demo do. One thread.</summary>
internal sealed class DemoControls(DemoCluster cluster, SampleBackend ill, SampleTraffic traffic, TimeProvider time)
{
    /// <summary>For so long it is said what a key did.</summary>
    private static readonly TimeSpan s_news = TimeSpan.FromSeconds(10);

    private string _said = "";
    private long _saidAt;

    /// <summary><c>q</c> was pressed.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What a key did just now; empty when there was none.</summary>
    public string Said => _said.Length > 0 && time.GetElapsedTime(_saidAt) < s_news ? _said : "";

    /// <summary>How the traffic goes; empty while there was none.</summary>
    public string Traffic => traffic.Count is var count && !traffic.IsOn && count == default ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"Traffic {OnOrOff}: {count.Answered} answered, {count.GoneOn} of them by another node, {count.Failed} failed");

    private string OnOrOff => traffic.IsOn ? "on" : "off";

    /// <summary>A key that means nothing does nothing.</summary>
    public void Press(char key)
    {
        switch (char.ToLowerInvariant(key))
        {
            case >= '1' and <= '9' when key - '1' < cluster.Nodes.Count:
                Say(Kill(cluster.Nodes[key - '1']));
                break;
            case 'r':
                var back = cluster.BringBack();
                Say(back.Count == 0 ? "every node runs; 1, 2 and 3 kill one" : $"{string.Join(" and ", back)} starts again");
                break;
            case 'i':
                ill.IsIll = !ill.IsIll;
                Say($"{ill.Name} answers its checks with {(ill.IsIll ? "503; i makes it well" : "200 again")}");
                break;
            case 't':
                traffic.IsOn = !traffic.IsOn;
                Say(traffic.IsOn ? "a client asks all nodes in turn, and the next one where one is dead" : "the client asks no more");
                break;
            case 'q':
                IsOver = true;
                break;
        }
    }

    private void Say(string what) => (_said, _saidAt) = (what, time.GetTimestamp());

    private static string Kill(DemoNode node)
    {
        if (node.HasEnded) return $"{node.Ports.Name} is dead already; r brings it back";
        node.Kill();
        return $"{node.Ports.Name} is killed; r brings it back";
    }
}
