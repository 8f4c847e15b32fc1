namespace ClusterLb.DataPlane.Transport.Epoll;

/// <summary>
/// The descriptors that connections may use, over all loops. What the rest of the process needs is never theirs: the runtime itself ends
/// the process when it finds none. Pipes may have an eighth, clients three quarters, for most of them idle and connections to backends are
/// shared; a request that finds none free for its backend waits (<c>LoopPool.ConnectAsync</c>). Counted when a connection opens and closes.
/// Any thread.
/// </summary>
/// <param name="limit">RLIMIT_NOFILE.</param>
/// <param name="others">What other ports of the process may open, each within a bound of its own.</param>
internal sealed class DescriptorBudget(long limit, int others = 0)
{
    // Assemblies, logs, connections to other nodes and the store, and 256 probes at once.
    private const long Reserve = 768;

    private long _most = MostOf(limit, others);
    private long _used;
    private long _pipes;

    public static DescriptorBudget Unlimited => new(long.MaxValue);

    /// <summary>Of this process, its limit raised, where it may, to what so many clients want.</summary>
    public static DescriptorBudget ForClients(long clients, int others) =>
        new(LimitFor(clients, others), others);

    public int MostClients => (int)Math.Min(Most / 4 * 3, int.MaxValue);

    public bool IsSpent => Volatile.Read(ref _used) >= Most;

    public Pressure Pressure => Pressures.Of(Volatile.Read(ref _used), Most);

    private long Most => Volatile.Read(ref _most);

    /// <summary>
    /// So many clients are wanted from now on: the process's limit is raised for more, where it may; for fewer it stays. Not of one that is
    /// unlimited.
    /// </summary>
    public void Follow(long clients) => Volatile.Write(ref _most, MostOf(LimitFor(clients, others), others));

    public void Take(int descriptors) => Interlocked.Add(ref _used, descriptors);

    public void Return(int descriptors) => Interlocked.Add(ref _used, -descriptors);

    /// <summary>
    /// The two of a pipe. False when none are left, or pipes have an eighth already: whoever reads slowly holds one, and copying does
    /// without.
    /// </summary>
    public bool TryTakePipe()
    {
        if (IsSpent) return false;
        if (Interlocked.Add(ref _pipes, 2) > Most / 8)
        {
            Interlocked.Add(ref _pipes, -2);
            return false;
        }

        Take(2);
        return true;
    }

    public void ReturnPipe()
    {
        Interlocked.Add(ref _pipes, -2);
        Return(2);
    }

    private static long LimitFor(long clients, int others) => Native.DescriptorLimit(Reserve + others + ((clients + 2) / 3 * 4));

    private static long MostOf(long limit, int others) => Math.Max(32, limit - Math.Min(Reserve + others, limit / 2));
}
