using System.Threading.Channels;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>Writes what loops logged, on a task of its own. When it cannot keep up, lines are dropped and counted: the log never holds up a request.</summary>
public sealed class AccessLogSink : IAsyncDisposable
{
    internal const int BlockSize = 64 * 1024;

    private const int MaxBlocksWaiting = 64;

    private readonly Stream _output;
    private readonly Channel<(byte[] Block, int Length)> _full = Channel.CreateBounded<(byte[], int)>(MaxBlocksWaiting);
    private readonly Channel<byte[]> _free = Channel.CreateBounded<byte[]>(MaxBlocksWaiting);
    private readonly Task _writing;
    private long _dropped;

    /// <param name="output">Owned from here on.</param>
    public AccessLogSink(Stream output)
    {
        _output = output;
        _writing = WriteAsync();
    }

    /// <summary>Blocks of lines that were dropped.</summary>
    public long DroppedBlocks => Volatile.Read(ref _dropped);

    public async ValueTask DisposeAsync()
    {
        _full.Writer.TryComplete();
        await _writing;
        await _output.DisposeAsync();
    }

    internal byte[] Rent() => _free.Reader.TryRead(out var block) ? block : new byte[BlockSize];

    /// <summary>Hands a block over. Any loop; never waits.</summary>
    internal void Hand(byte[] block, int length)
    {
        if (!_full.Writer.TryWrite((block, length))) Interlocked.Increment(ref _dropped);
    }

    private async Task WriteAsync()
    {
        await foreach (var (block, length) in _full.Reader.ReadAllAsync())
        {
            try
            {
                await _output.WriteAsync(block.AsMemory(0, length));
                if (_full.Reader.Count == 0) await _output.FlushAsync();
            }
            catch (IOException)
            {
                // A full disk or a closed pipe costs log lines, not requests.
                Interlocked.Increment(ref _dropped);
            }

            _free.Writer.TryWrite(block);
        }
    }
}
