using ClusterLb.DataPlane.Transport.Epoll;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// How many clients a process has descriptors for. Each may need a second one for its backend: without a bound, clients would take them all
/// and find nobody behind the proxy.
/// </summary>
internal static class DescriptorBudget
{
    // Listeners, logs, probes, the admin port, the runtime's own, and pipes.
    private const long Reserve = 256;

    /// <summary>Of this process, now.</summary>
    public static int MostClients() => OperatingSystem.IsLinux() ? MostClients(Native.DescriptorLimit()) : int.MaxValue;

    /// <param name="limit">RLIMIT_NOFILE.</param>
    public static int MostClients(long limit) => (int)Math.Clamp((limit - Reserve) / 2, 16, int.MaxValue);
}
