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
    /// <param name="lab">How it is run.</param>
    /// <param name="peers">Who takes part.</param>
    /// <param name="started">When.</param>
    /// <param name="loadAverage">The machine's before anything of the run was built or started.</param>
    public static async Task<string> WriteAsync(Lab lab, IReadOnlyList<Peer> peers, DateTimeOffset started, string loadAverage)
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Peers, {started:yyyy-MM-dd HH:mm} UTC");
        text.AppendLine();
        text.AppendLine(
            $"- Machine: {processor?.Split(':')[1].Trim() ?? "unknown processor"}, {Environment.ProcessorCount} cores, "
            + $"{RuntimeInformation.OSDescription}; load average at start {loadAverage}");
        text.AppendLine($"- Cores: proxy {lab.Cores.Proxy}, backends {lab.Cores.Backends}, load {lab.Cores.Load}");
        text.AppendLine(
            $"- {lab.Rounds} rounds of {lab.Seconds} s, interleaved; every proxy warmed for {lab.WarmSeconds} s, and "
                + $"{lab.RowWarmSeconds} s "
            + $"more for each path of its own; cold means the first {lab.ColdSeconds} s; .NET {Environment.Version}");
        foreach (var peer in peers)
        {
            var version = await Child.RunAsync(lab.Folder, "version", lab.Cores.Load, $"sh -c '{peer.VersionCommand} | head -1'");
            text.AppendLine($"- {peer.Name}: {version}");
        }

        return text.ToString();
    }
}
