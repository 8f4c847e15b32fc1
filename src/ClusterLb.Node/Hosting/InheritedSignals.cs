using System.Globalization;
using System.Runtime.InteropServices;

namespace ClusterLb.Node.Hosting;

/// <summary>
/// What the parent had the process ignore: <c>nohup</c> SIGHUP, a shell without job control SIGQUIT of whatever it starts in the
/// background. The runtime leaves such signals ignored although somebody listens (signal(7): ignored signals stay so over execve).
/// </summary>
internal static partial class InheritedSignals
{
    private const string Status = "/proc/self/status";
    private const string Ignored = "SigIgn:";

    /// <summary>Those that are ignored do again what they do by default. Called before anybody listens to them; Linux only.</summary>
    /// <param name="numbers">As Linux numbers them.</param>
    public static void Restore(params ReadOnlySpan<int> numbers)
    {
        if (!File.Exists(Status)) return;
        var line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal));
        if (line is null || !ulong.TryParse(line.AsSpan(Ignored.Length).Trim(), NumberStyles.HexNumber, null, out var ignored)) return;
        foreach (var number in numbers)
        {
            // SIG_DFL
            if ((ignored >> (number - 1) & 1) != 0) signal(number, 0);
        }
    }

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
}
