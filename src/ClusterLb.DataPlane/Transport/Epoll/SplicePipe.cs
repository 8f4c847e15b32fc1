namespace ClusterLb.DataPlane.Transport.Epoll;

/// <summary>A pipe(2) between two sockets.</summary>
internal sealed unsafe class SplicePipe : Pipe
{
    // Larger ones gain nothing over loopback or 10 GbE, and the kernel limits what all pipes of a user may hold together.
    private const int Capacity = 256 * 1024;

    private readonly int _readEnd;
    private readonly int _writeEnd;

    private readonly DescriptorBudget _descriptors;

    private SplicePipe(int readEnd, int writeEnd, DescriptorBudget descriptors) =>
        (_readEnd, _writeEnd, _descriptors) = (readEnd, writeEnd, descriptors);

    /// <summary>Null when the process has no descriptors left for pipes.</summary>
    public static SplicePipe? TryOpen(DescriptorBudget descriptors)
    {
        var ends = stackalloc int[2];
        if (!descriptors.TryTakePipe()) return null;
        if (Native.pipe2(ends, Native.SOCK_NONBLOCK | Native.SOCK_CLOEXEC) != 0)
        {
            descriptors.ReturnPipe();
            return null;
        }

        _ = Native.fcntl(ends[1], Native.F_SETPIPE_SZ, Capacity);
        return new SplicePipe(ends[0], ends[1], descriptors);
    }

    public override int Fill(Connection from, long atMost)
    {
        var count = from.SpliceInto(_writeEnd, (int)Math.Min(atMost, Capacity));
        if (count > 0) Held += count;
        return count;
    }

    public override void Dispose()
    {
        _ = Native.close(_readEnd);
        _ = Native.close(_writeEnd);
        _descriptors.ReturnPipe();
    }

    protected override int Drain(Connection to)
    {
        var count = to.SpliceOutOf(_readEnd, Held);
        if (count > 0) Held -= count;
        return count;
    }
}
