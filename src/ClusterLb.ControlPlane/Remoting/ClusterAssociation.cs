using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>A connection with a node: frames of four bytes of length (little endian) and what Akka says. Writes wait in memory, and go out together.</summary>
#pragma warning disable CA1001 // It disposes of what it owns when it has ended, which is nobody's call.
internal sealed class ClusterAssociation : AssociationHandle
#pragma warning restore CA1001
{
    private const int LengthBytes = 4;

    /// <summary>For what was said last, when the other does not read.</summary>
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(2);

    private readonly Stream _stream;
    private readonly Action _endSending;
    private readonly long _mostFrame;
    private readonly long _mostUnsent;
    private readonly Pipe _unsent = new(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false));
    private readonly Lock _writing = new();
    private readonly CancellationTokenSource _end;
    private long _unsentBytes;
    private volatile bool _isClosed;

    /// <param name="local">This node.</param>
    /// <param name="remote">The other end.</param>
    /// <param name="stream">Whose other end has proved that it is a node. Owned.</param>
    /// <param name="endSending">Tells the other end that there is no more, and leaves it time to read what there was.</param>
    /// <param name="limits">Of both ways.</param>
    /// <param name="time">The clock.</param>
    public ClusterAssociation(Address local, Address remote, Stream stream, Action endSending, FrameLimits limits, TimeProvider time) : base(local, remote)
    {
        (_stream, _endSending, _mostFrame, _mostUnsent) = (stream, endSending, limits.Frame, limits.Unsent);
        _end = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        ReadHandlerSource = new TaskCompletionSource<IHandleEventListener>(TaskCreationOptions.RunContinuationsAsynchronously);
        Ended = RunAsync();
    }

    /// <summary>Completes when everything has been said, or cannot be, and the connection is gone. Never fails.</summary>
    public Task Ended { get; }

    public override bool Write(ByteString payload)
    {
        lock (_writing)
        {
            if (_isClosed || Interlocked.Read(ref _unsentBytes) > _mostUnsent) return false;
            var frame = _unsent.Writer.GetSpan(LengthBytes + payload.Length);
            BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
            payload.Span.CopyTo(frame[LengthBytes..]);
            _unsent.Writer.Advance(LengthBytes + payload.Length);
            Interlocked.Add(ref _unsentBytes, LengthBytes + payload.Length);
            // Never waits: the pipe has no threshold, what waits in it is bounded above.
            var flushed = _unsent.Writer.FlushAsync();
            return flushed.IsCompleted;
        }
    }

    [Obsolete("As Akka has it.")]
    public override void Disassociate()
    {
        lock (_writing)
        {
            if (_isClosed) return;
            _isClosed = true;
            _unsent.Writer.Complete();
            _end.CancelAfter(s_goodbye);
        }
    }

    private async Task RunAsync()
    {
        await Task.WhenAll(SendAsync(), ReceiveAsync());
        await _stream.DisposeAsync();
        _end.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            for (var isOpen = true; isOpen;)
            {
                var waiting = await _unsent.Reader.ReadAsync(_end.Token);
                foreach (var piece in waiting.Buffer) await _stream.WriteAsync(piece, _end.Token);
                Interlocked.Add(ref _unsentBytes, -waiting.Buffer.Length);
                _unsent.Reader.AdvanceTo(waiting.Buffer.End);
                isOpen = !waiting.IsCompleted;
            }

            _endSending();
        }
        catch (Exception)
        {
            // However it ended, nothing more is heard of it either.
            await _end.CancelAsync();
        }

        await _unsent.Reader.CompleteAsync();
    }

    private async Task ReceiveAsync()
    {
        var reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        try
        {
            var listener = await ReadHandlerSource.Task.WaitAsync(_end.Token);
            await ReadFramesAsync(reader, listener);
        }
        catch (Exception)
        {
            // It is over, however it ended, and Akka is told so below.
        }

        await reader.CompleteAsync();
        if (ReadHandlerSource.Task.IsCompletedSuccessfully) (await ReadHandlerSource.Task).Notify(new Disassociated(DisassociateInfo.Unknown));
#pragma warning disable CS0618 // The one with a reason only logs it.
        Disassociate();
#pragma warning restore CS0618
    }

    private async Task ReadFramesAsync(PipeReader reader, IHandleEventListener listener)
    {
        for (var isOpen = true; isOpen;)
        {
            var received = await reader.ReadAsync(_end.Token);
            var rest = received.Buffer;
            // Whoever said goodbye hears no more, but reads on: closing at once could destroy its last words on their way.
            while (TryTakeFrame(ref rest, out var frame) && !_isClosed) listener.Notify(new InboundPayload(frame));
            reader.AdvanceTo(rest.Start, rest.End);
            isOpen = !received.IsCompleted;
        }
    }

    private bool TryTakeFrame(ref ReadOnlySequence<byte> rest, out ByteString frame)
    {
        frame = ByteString.Empty;
        if (rest.Length < LengthBytes) return false;
        Span<byte> head = stackalloc byte[LengthBytes];
        rest.Slice(0, LengthBytes).CopyTo(head);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (length > _mostFrame) throw new IOException("a frame that no node sends");
        if (rest.Length < LengthBytes + length) return false;
        frame = UnsafeByteOperations.UnsafeWrap(rest.Slice(LengthBytes, length).ToArray());
        rest = rest.Slice(LengthBytes + length);
        return true;
    }
}

/// <summary>What nodes may say at once.</summary>
/// <param name="Frame">Bytes of one message; whoever sends more is hung up on.</param>
/// <param name="Unsent">Bytes that wait for a slow reader; more is not taken until some of it has gone.</param>
internal readonly record struct FrameLimits(long Frame, long Unsent);
