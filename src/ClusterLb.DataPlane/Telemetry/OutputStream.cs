using System.Runtime.InteropServices;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// Where a log goes on Linux, written as the system has it: a file is appended to even after somebody cut it (logrotate's copytruncate) or
/// while another process writes to it, a pipe that nobody reads is waited for, and one that nobody can read any more is a failure, not a
/// silence.
/// </summary>
public sealed unsafe partial class OutputStream : Stream
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    // open(2), fcntl(2) and poll(2) of Linux.
    private const int O_WRONLY = 1;
    private const int O_CREAT = 0x40;
    private const int O_APPEND = 0x400;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;
    private const int F_SETFL = 4;
    private const int EINTR = 4;
    private const int ENXIO = 6;
    private const int EAGAIN = 11;
    private const int POLLOUT = 4;

    /// <summary>rw-r-----: targets and addresses of clients are nobody else's.</summary>
    private const int NewFileMode = 0b110_100_000;

    private const int Closed = -1;

    private readonly bool _isOwned;
    private int _descriptor;

    private OutputStream(int descriptor, bool isOwned) => (_descriptor, _isOwned) = (descriptor, isOwned);

    /// <summary>Standard output.</summary>
    public static Stream OfStandardOutput() =>
        OperatingSystem.IsLinux() ? new OutputStream(StandardOutput, isOwned: false) : Console.OpenStandardOutput();

    /// <summary>Standard error.</summary>
    public static Stream OfStandardError() =>
        OperatingSystem.IsLinux() ? new OutputStream(StandardError, isOwned: false) : Console.OpenStandardError();

    /// <param name="path">Appended to; made, readable for its owner and group only, when it is not there.</param>
    /// <exception cref="IOException">It cannot be opened; the message says why.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static Stream OfFile(string path)
    {
        if (!OperatingSystem.IsLinux()) return OfPortableFile(path);
        // Without waiting: a named pipe that nobody reads would hold up the start.
        var descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, NewFileMode);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException(error == ENXIO ? "it is a pipe that nobody reads" : Marshal.GetPInvokeErrorMessage(error));
        }

        _ = fcntl(descriptor, F_SETFL, O_APPEND);
        return new OutputStream(descriptor, isOwned: true);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="IOException">A full disk, a closed pipe; a part may have been written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            nint written;
            fixed (byte* bytes = buffer) written = write(_descriptor, bytes, buffer.Length);
            if (written >= 0) buffer = buffer[(int)written..];
            else WaitOrThrow(Marshal.GetLastPInvokeError());
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // Once: the number may be somebody else's by the second time.
        if (_isOwned && Interlocked.Exchange(ref _descriptor, Closed) is var descriptor and not Closed) _ = close(descriptor);
        base.Dispose(disposing);
    }

    /// <summary>A terminal or pipe may not wait by itself, because another process that has it wanted it so.</summary>
    private void WaitOrThrow(int error)
    {
        if (error == EINTR) return;
        if (error != EAGAIN) throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        var wanted = new PollDescriptor(_descriptor, POLLOUT, 0);
        _ = poll(&wanted, 1, -1);
    }

    private static FileStream OfPortableFile(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            BufferSize = 0
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = (UnixFileMode)NewFileMode;
        return new FileStream(path, options);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* bytes, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollDescriptor* descriptors, ulong count, int timeout);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct PollDescriptor(int Descriptor, short Wanted, short Got);
}
