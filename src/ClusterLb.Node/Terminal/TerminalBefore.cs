using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClusterLb.Node.Terminal;

/// <summary>
/// How a terminal was before a program drew on all of it: for another process, which gives it back when that program is killed.
/// </summary>
/// <param name="Path">Of its device.</param>
/// <param name="Modes">A termios(3) in hexadecimal digits.</param>
internal sealed partial record TerminalBefore(string Path, string Modes)
{
    private const string Output = "/proc/self/fd/1";
    private const int StandardOutput = 1;

    /// <summary>60 bytes with glibc and with musl.</summary>
    private const int MostOfTermios = 128;

    private const int SIGTTOU = 22;
    private const int SIG_IGN = 1;
    private const int TCSANOW = 0;

    /// <summary>Of standard output, which is a terminal; null where that cannot be told.</summary>
    public static TerminalBefore? OfOutput()
    {
        if (!OperatingSystem.IsLinux()) return null;
        Span<byte> modes = stackalloc byte[MostOfTermios];
        modes.Clear();
        using var output = new SafeFileHandle(StandardOutput, ownsHandle: false);
        return tcgetattr(output, modes) == 0 && File.ResolveLinkTarget(Output, returnFinalTarget: false) is { } device
            ? new TerminalBefore(device.FullName, Convert.ToHexString(modes)) : null;
    }

    /// <summary>As one argument of a command.</summary>
    public override string ToString() => $"{Path}:{Modes}";

    /// <param name="text">What <see cref="ToString"/> gave.</param>
    /// <exception cref="FormatException">It did not.</exception>
    public static TerminalBefore Parse(string text)
    {
        var end = text.LastIndexOf(':');
        return end > 0 ? new TerminalBefore(text[..end], text[(end + 1)..]) : throw new FormatException($"{text} is no terminal");
    }

    /// <summary>Turns back to the screen from before. A terminal that is gone needs nothing.</summary>
    public void Restore()
    {
        try
        {
            using var terminal = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            terminal.Write(FullScreen.LeaveForOthers);
            // A shell with jobs has taken the terminal by now, with modes of its own, and must not be disturbed.
            if (tcgetpgrp(terminal.SafeFileHandle) != getpgrp()) return;
            signal(SIGTTOU, SIG_IGN);
            tcsetattr(terminal.SafeFileHandle, TCSANOW, Convert.FromHexString(Modes));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Its window was closed.
        }
    }

    [LibraryImport("libc")]
    private static partial int tcgetattr(SafeFileHandle terminal, Span<byte> modes);

    [LibraryImport("libc")]
    private static partial int tcsetattr(SafeFileHandle terminal, int when, ReadOnlySpan<byte> modes);

    [LibraryImport("libc")]
    private static partial int tcgetpgrp(SafeFileHandle terminal);

    [LibraryImport("libc")]
    private static partial int getpgrp();

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
}
