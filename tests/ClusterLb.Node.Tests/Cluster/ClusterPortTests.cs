using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ClusterLb.Node.Tests.Hosting;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Real processes, and strangers at the port where they speak to each other.</summary>
public sealed partial class ClusterPortTests
{
    [Fact]
    public async Task A_node_without_seeds_listens_at_its_listeners_and_its_admin_port_alone()
    {
        await using var cluster = ProcessCluster.Build();
        var node = cluster.Nodes[0];
        cluster.Start(node, "cluster.seeds=[]");
        await cluster.WholeAsync(node);
        await cluster.EventuallyAsync(node, status => status.GetProperty("control_plane").GetProperty("refusal").GetString() == "");

        Assert.Equal(new[] { node.Port, node.Admin }.Order(), PortsOf(node.Process.Pid));
    }

    [Fact]
    public async Task A_node_with_another_secret_costs_the_others_neither_their_cluster_nor_their_control_plane()
    {
        await using var cluster = ProcessCluster.Build();
        ClusterNode[] good = [cluster.Nodes[0], cluster.Nodes[1]];
        var third = cluster.Nodes[2];
        using var other = new SecretFile("another secret that is long enough");

        cluster.Start(third, $"cluster.secret-file={other.Path}");
        foreach (var node in good) cluster.Start(node);
        await cluster.WholeAsync(good);
        foreach (var node in good)
        {
            await cluster.EventuallyAsync(node,
                _ => node.Process.Errors.Contains("was not let in: it has no proof: its cluster.secret-file holds another secret",
                StringComparison.Ordinal));
        }

        await cluster.EventuallyAsync(third,
            _ => third.Process.Errors.Contains("it does not take this node's proof", StringComparison.Ordinal));
        foreach (var node in cluster.Nodes)
        {
            Assert.Equal(0, await cluster.RestartsAsync(node));
            OwnWords.Check(node);
        }

        cluster.Start(third);
        await cluster.WholeAsync([.. cluster.Nodes]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_thousand_strangers_at_the_cluster_port_cost_a_node_little_memory_and_keep_no_node_out(bool isTls)
    {
        using var certificates = isTls ? await Certificates.MakeAsync("lb1", "lb2", "lb3") : null;
        await using var cluster = ProcessCluster.Build();
        string[] Settings(ClusterNode node) => certificates?.SettingsOf(node.Name) ?? [];
        foreach (var node in cluster.Nodes) cluster.Start(node, Settings(node));
        await cluster.WholeAsync([.. cluster.Nodes]);
        var (besieged, away) = (cluster.Nodes[0], cluster.Nodes[2]);
        away.Process.Signal(NodeProcess.SIGKILL);
        var before = ResidentBytes(besieged);

        using var strangers = new Strangers(besieged.ClusterPort);
        await strangers.ComeAsync(2_000, isTls ? "\u0016\u0003\u0001\u0002\0\u0001" : "");
        cluster.Start(away, Settings(away));
        await cluster.WholeAsync([.. cluster.Nodes]);

        var metrics = await cluster.MetricsAsync(besieged);
        Assert.InRange(Figure(metrics, "clusterlb_cluster_port_handshakes"), 0, 256);
        Assert.True(ResidentBytes(besieged) - before < 128 * 1024 * 1024, $"{before} -> {ResidentBytes(besieged)}");
        Assert.Equal(0, await cluster.RestartsAsync(besieged));
    }

    /// <summary>Where a process listens, as the kernel has it.</summary>
    private static IEnumerable<int> PortsOf(int pid)
    {
        var sockets = Directory.GetFiles($"/proc/{pid}/fd").Select(file => new FileInfo(file).LinkTarget ?? "").ToHashSet();
        return from table in new[] { "tcp", "tcp6", "udp", "udp6" }
               from line in File.ReadLines($"/proc/{pid}/net/{table}").Skip(1)
               let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where sockets.Contains($"socket:[{fields[9]}]") && (fields[3] == "0A" || table[0] == 'u')
               orderby Port(fields[1])
               select Port(fields[1]);

        static int Port(string place) =>
            int.Parse(place.AsSpan(place.IndexOf(':', StringComparison.Ordinal) + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static long ResidentBytes(ClusterNode node) =>
        long.Parse(Digits().Match(File.ReadLines($"/proc/{node.Process.Pid}/status")
            .Single(line => line.StartsWith("VmRSS", StringComparison.Ordinal))).Value, CultureInfo.InvariantCulture) * 1024;

    private static long Figure(string metrics, string name) =>
        long.Parse(metrics.Split('\n').Single(line => line.StartsWith(name + "{", StringComparison.Ordinal)
            || line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    /// <summary>Connections that say next to nothing.</summary>
    private sealed class Strangers(int port) : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        public async Task ComeAsync(int count, string word)
        {
            for (var i = 0; i < count; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _sockets.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, port);
                if (word.Length > 0) await socket.SendAsync(System.Text.Encoding.Latin1.GetBytes(word));
            }
        }

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
    }

    /// <summary>This user's alone, gone with the test.</summary>
    private sealed class SecretFile : IDisposable
    {
        public SecretFile(string secret)
        {
            File.WriteAllText(Path, secret);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
