using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>
/// A unix socket that is a process's own, as the kernel sees it, and that a test accepts from: so the other end can die, which a test
/// cannot. Who connects asks the kernel for the process that called listen(2).
/// </summary>
internal sealed partial class MortalListener : IDisposable
{
    private const string Listening =
        "use Socket; $| = 1; socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un($ARGV[0])) or die $!; listen(S, 8); "
        + "print fileno(S), \"\\n\"; sleep 600";

    private const long PidfdOpen = 434;
    private const long PidfdGetDescriptor = 438;

    private readonly Process _process;
    private readonly Socket _socket;

    private MortalListener(Process process, Socket socket) => (_process, _socket) = (process, socket);

    public bool HasEnded => _process.HasExited;

    /// <param name="path">Nothing is there.</param>
    public static MortalListener At(string path)
    {
        var process = Process.Start(new ProcessStartInfo("perl", ["-e", Listening, path]) { RedirectStandardOutput = true })!;
        var number = int.Parse(process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        using var handle = new SafeSocketHandle((nint)syscall(PidfdOpen, process.Id, 0, 0), ownsHandle: true);
        var copy = syscall(PidfdGetDescriptor, (long)handle.DangerousGetHandle(), number, 0);
        Assert.True(copy >= 0, Marshal.GetLastPInvokeErrorMessage());
        return new MortalListener(process, new Socket(new SafeSocketHandle((nint)copy, ownsHandle: true)));
    }

    public Task<ScriptedPeer> AcceptAsync() => ScriptedPeer.AcceptAsync(_socket);

    /// <summary>Its process is gone when this returns; connections are the test's to close.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!HasEnded) Kill();
        _process.Dispose();
        _socket.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long first, long second, long third);
}
