using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Peers.Native;
using Peers.Proxies;
using Peers.Rows;

namespace Peers.Reporting;

/// <summary>What a reader must know of a run to compare it with another.</summary>
internal static class RunHeader
{
    /// <summary>Taken before anything is started: the load average is the machine's, not the run's.</summary>
    public static async Task<string> WriteAsync(Lab lab, IReadOnlyList<Peer> peers, DateTimeOffset started)
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[..3];
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Peers, {started:yyyy-MM-dd HH:mm} UTC");
        text.AppendLine();
        text.AppendLine($"- Machine: {processor?.Split(':')[1].Trim() ?? "unknown processor"}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}; load average at start {string.Join(' ', load)}");
        text.AppendLine($"- Cores: proxy {lab.Cores.Proxy}, backends {lab.Cores.Backends}, load {lab.Cores.Load}");
        text.AppendLine($"- {lab.Rounds} rounds of {lab.Seconds} s, interleaved; every proxy warmed for {lab.WarmSeconds} s, and {lab.RowWarmSeconds} s more for each path that takes; .NET {Environment.Version}");
        foreach (var peer in peers)
        {
            text.AppendLine($"- {peer.Name}: {await Child.RunAsync(lab.Folder, "version", lab.Cores.Load, $"sh -c '{peer.VersionCommand} | head -1'")}");
        }

        return text.AppendLine().ToString();
    }
}
