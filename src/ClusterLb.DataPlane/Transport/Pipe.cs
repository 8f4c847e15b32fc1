namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// A kernel buffer that takes bytes from one connection and gives them to another without bringing them here (splice(2)). Rented from its
/// loop for as long as there may be bytes in it; used on that loop only.
/// </summary>
internal abstract class Pipe : IDisposable
{
    /// <summary>Bytes at a time from which splicing costs less than copying, which needs fewer calls.</summary>
    public const long WorthFrom = 64 * 1024;

    /// <summary>Who takes so long over what a pipe holds gets the rest by copies: pipes are few, and he does not need one.</summary>
    public const long SlowMilliseconds = 100;

    // As much as a buffer holds, so that a slow reader is held to the same pace either way.
    private const int BytesPerDeadline = 64 * 1024;

    /// <summary>
    /// To be given back with <see cref="EventLoop.ReturnPipe"/>. Null where bytes must be copied: one of the two changes them, or no
    /// descriptors are left for a pipe.
    /// </summary>
    public static Pipe? Between(Connection from, Connection to) => Fits(from, to) ? from.Loop.RentPipe() : null;

    /// <summary>Bytes may go from one to the other without being copied.</summary>
    public static bool Fits(Connection from, Connection to) => from.CanSplice && to.CanSplice;

    /// <summary>Bytes taken and not given yet.</summary>
    public int Held { get; protected set; }

    /// <summary>
    /// Takes what is there now: count, <see cref="IoResult.EndOfStream"/>, <see cref="IoResult.WouldBlock"/>, or why it broke.
    /// </summary>
    /// <param name="from">Of this pipe's loop.</param>
    /// <param name="atMost">Bytes; what follows them stays where it is.</param>
    public abstract int Fill(Connection from, long atMost);

    /// <summary>Gives all it holds. <see cref="IoResult.Ready"/>, or why not.</summary>
    /// <param name="to">Of this pipe's loop.</param>
    /// <param name="idleMilliseconds">How long it may take over 64 KiB.</param>
    public async LoopTask<int> DrainAsync(Connection to, long idleMilliseconds)
    {
        var (deadline, due) = (to.Loop.Now + idleMilliseconds, Held - BytesPerDeadline);
        while (Held > 0)
        {
            if (Held <= due) (deadline, due) = (to.Loop.Now + idleMilliseconds, Held - BytesPerDeadline);
            var drained = Drain(to);
            if (drained == IoResult.WouldBlock) drained = await to.WaitWritableAsync(deadline);
            if (drained < 0) return drained;
        }

        return IoResult.Ready;
    }

    public abstract void Dispose();

    /// <summary>Gives what is taken now: count, <see cref="IoResult.WouldBlock"/>, or why it broke.</summary>
    protected abstract int Drain(Connection to);
}
