using System.ComponentModel;
using System.Runtime.InteropServices;
using ClusterLb.Faults.Processes;

namespace ClusterLb.Faults.Nodes;

/// <summary>
/// A network namespace for this whole program, so that nothing it does to networks is seen by anybody else, and nothing of it is left
/// when it ends. A namespace belongs to a thread: the program becomes itself anew within one.
/// </summary>
internal static class Isolation
{
    private const string Mark = "CLUSTERLB_FAULTS_ISOLATED";

    private static readonly string[] s_tools = ["ip", "nft", "nsenter", "unshare"];

    public static bool IsInForce => Environment.GetEnvironmentVariable(Mark) is not null;

    /// <summary>Why there can be none, in a few words; null when there can.</summary>
    public static async Task<string?> ProblemAsync()
    {
        if (Libc.EffectiveUser() != 0) return "network namespaces need root";
        try
        {
            foreach (var tool in s_tools) await Child.RunAsync("sh", "-c", $"command -v {tool}");
            await Child.RunAsync("unshare", "--net", "--", "unshare", "--net", "--", "ip", "link", "set", "lo", "up");
            return null;
        }
        catch (InvalidOperationException failure)
        {
            return $"network namespaces cannot be made ({failure.Message.ReplaceLineEndings(" ")}); they need ip, nft, nsenter and unshare";
        }
    }

    /// <summary>Goes on as a new program with these arguments, within a network namespace.</summary>
    public static void Enter(IEnumerable<string> arguments)
    {
        // Of Environment alone the next program would not hear.
        string?[] command = ["env", $"{Mark}=1", "unshare", "--net", "--", "sh", "-c", "ip link set lo up; exec \"$@\"", "sh", "dotnet",
            typeof(Isolation).Assembly.Location, .. arguments, null];
        _ = Libc.Become("env", command);
        throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
