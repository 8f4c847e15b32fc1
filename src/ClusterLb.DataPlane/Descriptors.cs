using ClusterLb.DataPlane.Transport.Epoll;

namespace ClusterLb.DataPlane;

/// <summary>How many descriptors a process may have.</summary>
public static class Descriptors
{
    /// <summary>
    /// What a node has open without a client, about 250, and as many again. With less the runtime itself, which ends the process when it
    /// finds none, or does not find what a program is made of, would be at the mercy of whoever connects.
    /// </summary>
    public const int Least = 512;

    /// <summary>How many this process may have, after it has tried to get as many as it needs at least. Any thread.</summary>
    public static long Allowed() => OperatingSystem.IsLinux() ? Native.DescriptorLimit(Least) : long.MaxValue;
}
