using System.Globalization;
using System.Net;
using ClusterLb.Faults.Processes;

namespace ClusterLb.Faults.Nodes;

/// <summary>
/// A switch with clients, backends and Redis on it, and a wire to each node in a network namespace of its own: a cut between nodes leaves
/// both sides their backends and clients. A namespace has no name and ends with its node. Needs root, ip, nft, nsenter and unshare.
/// </summary>
internal sealed class SwitchedNetwork : INetwork
{
    private const string Prefix = "10.77.0";

    private readonly Child?[] _nodes = new Child?[4];

    public IPAddress Servers { get; } = IPAddress.Parse($"{Prefix}.254");

    public IPAddress AddressOf(int node) => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"{Prefix}.{node}"));

    public IPAddress SourceOf(int client) => Servers;

    /// <summary>In the network namespace of this process, which <see cref="Isolation"/> has made.</summary>
    public static async Task<SwitchedNetwork> CreateAsync()
    {
        var network = new SwitchedNetwork();
        await Child.RunAsync("ip", "link", "add", "lan", "type", "bridge");
        await Child.RunAsync("ip", "address", "add", $"{network.Servers}/24", "dev", "lan");
        await Child.RunAsync("ip", "link", "set", "lan", "up");
        return network;
    }

    public async Task<Child> StartAsync(int node, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> command)
    {
        // It waits in its namespace until the wire is there.
        var child = await Child.StartAsync(environment,
            ["unshare", "--net", "--", "sh", "-c", "echo there; read -r _; exec \"$@\"", "sh", .. command]);
        if (await child.ReadLineAsync() != "there") throw new InvalidOperationException($"no network namespace: {child.Errors}");
        _nodes[node] = child;
        var port = string.Create(CultureInfo.InvariantCulture, $"port{node}");
        await RemoveAsync(port);
        await Child.RunAsync("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", Pid(node));
        await Child.RunAsync("ip", "link", "set", port, "master", "lan", "up");
        await InAsync(node, "ip", "link", "set", "lo", "up");
        await InAsync(node, "ip", "address", "add", $"{AddressOf(node)}/24", "dev", "eth0");
        await InAsync(node, "ip", "link", "set", "eth0", "up");
        await child.WriteLineAsync("go");
        return child;
    }

    /// <summary>Nothing from these reaches the node; where both ways are cut, nothing from it reaches them.</summary>
    public Task CutAsync(int node, IEnumerable<int> from, bool bothWays)
    {
        var others = string.Join(", ", from.Select(AddressOf));
        var outgoing = bothWays ? $"chain out {{ type filter hook output priority 0; ip daddr {{ {others} }} drop; }}" : "";
        return RuleAsync(node, $"chain in {{ type filter hook input priority 0; ip saddr {{ {others} }} drop; }}\n{outgoing}");
    }

    /// <summary>The node reaches nobody at these ports of the servers.</summary>
    public Task CutPortsAsync(int node, IEnumerable<int> ports) => RuleAsync(node,
        $"chain out {{ type filter hook output priority 0; ip daddr {Servers} tcp dport {{ {string.Join(", ", ports)} }} drop; }}");

    public Task HealAsync(int node) => InAsync(node, "nft", "delete", "table", "inet", "cut");

    private Task<string> RuleAsync(int node, string chains) =>
        Child.FeedAsync($"table inet cut {{\n{chains}\n}}", "nsenter", "--target", Pid(node), "--net", "nft", "-f", "-");

    private Task<string> InAsync(int node, params IEnumerable<string> command) =>
        Child.RunAsync([.. new[] { "nsenter", "--target", Pid(node), "--net", "--" }, .. command]);

    private string Pid(int node) => _nodes[node]!.Pid.ToString(CultureInfo.InvariantCulture);

    /// <summary>The wire of the node's last process, when the kernel has not taken it away yet.</summary>
    private static async Task RemoveAsync(string port)
    {
        try
        {
            await Child.RunAsync("ip", "link", "delete", port);
        }
        catch (InvalidOperationException)
        {
            // It is gone.
        }
    }
}
