using System.Runtime.InteropServices;

namespace ClusterLb.Faults.Processes;

/// <summary>What .NET has no call for.</summary>
internal static partial class Libc
{
    public const int SIGHUP = 1;
    public const int SIGKILL = 9;
    public const int SIGTERM = 15;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>Becomes another program; returns only when that failed.</summary>
    /// <param name="arguments">The program first; the last is null.</param>
    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Become(string program, string?[] arguments);
}
