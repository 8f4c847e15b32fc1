using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.Node.Linux;
using Microsoft.Win32.SafeHandles;

namespace ClusterLb.Node.Takeover;

/// <summary>
/// Held by a descriptor (pidfd_open(2)), so that another process that gets its number later is never taken for it. Linux. Any thread.
/// </summary>
internal sealed partial class PeerProcess : IPeerProcess
{
    // The same numbers on x64 and arm64.
    private const long PidfdOpen = 434;
    private const long PidfdSendSignal = 424;
    private const int Kill = 9;

    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(5);

    private readonly SafeFileHandle _handle;
    private readonly TimeProvider _time;

    private PeerProcess(int process, SafeFileHandle handle, TimeProvider time) => (Process, _handle, _time) = (process, handle, time);

    public int Process { get; }

    /// <param name="socket">Connected to it.</param>
    /// <param name="path">At which; for the message.</param>
    /// <exception cref="TakeoverException">It is another user's, or in another container, or gone.</exception>
    public static PeerProcess Of(Socket socket, string path, TimeProvider time)
    {
        var (process, user) = DescriptorPassing.PeerOf(socket);
        if (user != UnixFile.ThisUser)
        {
            throw new TakeoverException(string.Create(CultureInfo.InvariantCulture,
                $"process {process} at {path} is user {user}'s, and this one is user {UnixFile.ThisUser}'s: both must be the same"));
        }

        if (process == 0) throw new TakeoverException($"the process at {path} is in another container: both must see each other");
        var descriptor = syscall(PidfdOpen, process, 0, 0, 0);
        if (descriptor < 0)
        {
            throw new TakeoverException(string.Create(CultureInfo.InvariantCulture,
                $"process {process} at {path} cannot be watched: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}"));
        }

        return new PeerProcess(process, new SafeFileHandle((nint)descriptor, ownsHandle: true), time);
    }

    public async Task<bool> HasEndedAsync()
    {
        var began = _time.GetTimestamp();
        while (!HasEnded())
        {
            if (_time.GetElapsedTime(began) >= s_moment) return false;
            await Task.Delay(s_look, _time);
        }

        return true;
    }

    public async Task EndAsync()
    {
        _ = syscall(PidfdSendSignal, (int)_handle.DangerousGetHandle(), Kill, 0, 0);
        await HasEndedAsync();
    }

    public void Dispose() => _handle.Dispose();

    private unsafe bool HasEnded()
    {
        var one = new PolledDescriptor { Descriptor = (int)_handle.DangerousGetHandle(), Wanted = PolledDescriptor.Readable };
        return SystemCalls.poll(&one, 1, timeoutMilliseconds: 0) > 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long first, long second, long third, long fourth);
}
