using System.Runtime.InteropServices;

namespace ClusterLb.Node.Linux;

/// <summary>struct pollfd (poll(2)); how many are ready is all that anybody here asks for.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct PolledDescriptor
{
    public const short Readable = 1;

    public int Descriptor;
    public short Wanted;
}
