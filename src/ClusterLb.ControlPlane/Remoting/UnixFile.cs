using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>What Linux says of a file or folder: its owner, and who may do what with it.</summary>
/// <param name="Owner">A user's number; 0 = root.</param>
/// <param name="Mode">Kind and permissions, as stat(2) has them.</param>
public readonly partial record struct UnixFile(uint Owner, ushort Mode)
{
    private const int OfThisFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint KindModeAndOwner = 0x1 | 0x2 | 0x8;
    private const ushort Kind = 0xf000;
    private const ushort Regular = 0x8000;
    private const ushort Socket = 0xc000;

    public static uint ThisUser => geteuid();

    public bool IsRegular => (Mode & Kind) == Regular;

    public bool IsSocket => (Mode & Kind) == Socket;

    public UnixFileMode Permissions => (UnixFileMode)(Mode & 0xfff);

    /// <summary>Of what was opened, so that nobody can put another file in its place meanwhile.</summary>
    public static UnixFile? Of(SafeFileHandle file) =>
        statx((int)file.DangerousGetHandle(), "", EmptyPath, KindModeAndOwner, out var status) == 0 ? status.File : null;

    /// <summary>Opens nothing: opening a FIFO would wait for somebody who writes.</summary>
    /// <returns>Null when there is none, or it cannot be asked about.</returns>
    public static UnixFile? Of(string path) => statx(OfThisFolder, path, 0, KindModeAndOwner, out var status) == 0 ? status.File : null;

    // Of the ways to ask the one whose answer has one layout on every processor.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out Status status);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Status
    {
        [FieldOffset(20)]
        private readonly uint _owner;

        [FieldOffset(28)]
        private readonly ushort _mode;

        public UnixFile File => new(_owner, _mode);
    }
}
