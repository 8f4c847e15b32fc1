using System.Collections.Concurrent;
using System.Threading.Channels;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// Writes blocks of lines to a stream, on a thread of its own that alone waits for whoever reads them: a pipe that nobody empties or a disk
/// that hangs holds up nobody else. What finds the queue full, or cannot be written, is lost and counted.
/// </summary>
public sealed class OutputThread : IDisposable
{
    /// <summary>
    /// When it ends: without progress for so long, whoever reads is taken for gone; and how long the rest may take at most.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_mostPatience = TimeSpan.FromSeconds(3);

    private readonly Channel<Block> _waiting;
    private readonly ConcurrentQueue<Replacement> _replacements = new();
    private readonly Func<long, byte[]?>? _notice;
    private readonly Action<byte[]>? _recycle;
    private readonly Thread _thread;
    private Stream _output;
    private long _written;
    private long _full;
    private long _failed;
    private long _told;
    private volatile string _failure = "";

    /// <param name="name">Of the thread.</param>
    /// <param name="output">Owned from here on.</param>
    /// <param name="capacity">Blocks that may wait.</param>
    /// <param name="notice">
    /// What to write once it flows again, from the number of lines lost since the last time; null = nothing. Called on its thread.
    /// </param>
    /// <param name="recycle">Gets a block's bytes back after they were written or lost. Called on its thread.</param>
    public OutputThread(string name, Stream output, int capacity, Func<long, byte[]?>? notice = null, Action<byte[]>? recycle = null)
    {
        (_output, _notice, _recycle) = (output, notice, recycle);
        // Whoever hands a block over wakes the thread itself: a thread pool that is busy holds up no log.
        _waiting = Channel.CreateBounded<Block>(new BoundedChannelOptions(capacity)
        {
            // Its thread; and whoever disposes of it, when that one is stuck.
            SingleReader = false,
            AllowSynchronousContinuations = true
        });
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public OutputLosses Losses => new(Volatile.Read(ref _full), Volatile.Read(ref _failed), _failure);

    /// <summary>Never waits. Any thread.</summary>
    /// <returns>False = the queue is full, the lines are lost, and the bytes are still the caller's.</returns>
    public bool TryHand(byte[] bytes, int length, int lines)
    {
        if (_waiting.Writer.TryWrite(new Block(bytes, length, lines))) return true;
        Interlocked.Add(ref _full, lines);
        return false;
    }

    /// <summary>Goes on in another stream from the next block on; where that cannot be opened, in the one it has. Any thread.</summary>
    /// <param name="open">Called on its thread.</param>
    /// <returns>Empty, or why it stayed with what it had.</returns>
    public Task<string> ReplaceAsync(Func<Stream> open)
    {
        var replacement = new Replacement(open);
        _replacements.Enqueue(replacement);
        // Wakes the thread; a queue that is full has no need of it.
        if (!_waiting.Writer.TryWrite(new Block([], 0, 0)) && _waiting.Reader.Completion.IsCompleted) RefuseReplacements();
        return replacement.Done.Task;
    }

    /// <summary>Writes what waits, for as long as somebody takes it.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        var rounds = s_mostPatience / s_patience;
        for (var written = -1L; rounds > 0 && written != Volatile.Read(ref _written); rounds--)
        {
            written = Volatile.Read(ref _written);
            if (_thread.Join(s_patience)) return;
        }

        // Nobody takes it: what waits still is lost.
        while (_waiting.Reader.TryRead(out var block)) Interlocked.Add(ref _failed, block.Lines);
    }

    private void Run()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out var block)) Write(block);
        }

        Try(_output.Dispose);
        RefuseReplacements();
    }

    private void RefuseReplacements()
    {
        while (_replacements.TryDequeue(out var replacement)) replacement.Done.SetResult("the log has ended");
    }

    private void Write(Block block)
    {
        while (_replacements.TryDequeue(out var replacement)) Replace(replacement);
        if (block.Bytes.Length == 0) return;
        if (Try(() => Put(block))) Interlocked.Increment(ref _written);
        else Interlocked.Add(ref _failed, block.Lines);
        _recycle?.Invoke(block.Bytes);
    }

    private void Replace(Replacement replacement)
    {
        var (before, failedBefore) = (_output, _failure);
        var isOpen = Try(() => _output = replacement.Open());
        replacement.Done.SetResult(isOpen ? "" : _failure);
        _failure = isOpen ? "" : failedBefore;
        if (isOpen) Try(before.Dispose);
    }

    private void Put(Block block)
    {
        // A block that failed may have been written in part: what follows begins a line of its own.
        if (_failure.Length > 0) _output.WriteByte((byte)'\n');
        _output.Write(block.Bytes, 0, block.Length);
        if (_waiting.Reader.Count == 0) _output.Flush();
        _failure = "";
        var lost = Losses.Lines;
        if (lost == _told || _notice?.Invoke(lost - _told) is not { } notice) return;
        _told = lost;
        _output.Write(notice);
    }

    /// <summary>Whatever a stream throws, a full disk or a closed pipe, costs lines of a log and nothing else.</summary>
    private bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception failure)
        {
            _failure = failure.Message;
            return false;
        }
    }

    private readonly record struct Block(byte[] Bytes, int Length, int Lines);

    private sealed record Replacement(Func<Stream> Open)
    {
        public TaskCompletionSource<string> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Lines that were never written.</summary>
/// <param name="Full">Because too many waited.</param>
/// <param name="Failed">Because writing failed.</param>
/// <param name="Failure">Why the last write failed; empty when it did not.</param>
public readonly record struct OutputLosses(long Full, long Failed, string Failure)
{
    public long Lines => Full + Failed;
}
