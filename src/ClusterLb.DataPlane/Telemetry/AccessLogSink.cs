using System.Threading.Channels;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// Where all loops hand what they logged. When it cannot be written as fast, lines are dropped and counted: the log never holds up a
/// request.
/// </summary>
public sealed class AccessLogSink : IAsyncDisposable
{
    internal const int BlockSize = 64 * 1024;

    private const int MaxBlocksWaiting = 64;

    private readonly Channel<byte[]> _free = Channel.CreateBounded<byte[]>(MaxBlocksWaiting);
    private readonly OutputThread _thread;

    /// <param name="output">Owned from here on.</param>
    public AccessLogSink(Stream output) =>
        _thread = new OutputThread("access-log", output, MaxBlocksWaiting, recycle: block => _free.Writer.TryWrite(block));

    /// <summary>Lines that no log shows. Any thread.</summary>
    public OutputLosses Losses => _thread.Losses;

    /// <summary>
    /// Goes on in another stream, for the file of this one was renamed; what waits may go to either. Where that cannot be opened, it stays.
    /// Any thread.
    /// </summary>
    /// <returns>Empty, or why it stayed.</returns>
    public Task<string> ReopenAsync(Func<Stream> open) => _thread.ReplaceAsync(open);

    /// <summary>Writes what waits, for as long as somebody takes it.</summary>
    public async ValueTask DisposeAsync() => await Task.Run(_thread.Dispose);

    internal byte[] Rent() => _free.Reader.TryRead(out var block) ? block : new byte[BlockSize];

    /// <summary>Hands a block over. Any loop; never waits.</summary>
    /// <returns>False = the lines are lost, and the block is still the loop's.</returns>
    internal bool TryHand(byte[] block, int length, int lines) => _thread.TryHand(block, length, lines);
}
