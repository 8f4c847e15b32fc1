using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>
/// A connection with a node: frames of four bytes of length (little endian) and what Akka says. Writes wait in memory, and go out together.
/// </summary>
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
    private readonly Pipe _unsent =
        new(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false));
    private readonly Lock _writing = new();
    private readonly CancellationTokenSource _end;
    private long _unsentBytes;
    private volatile bool _isClosed;

    /// <param name="local">This node.</param>
    /// <param name="stream">Whose other end has proved that it is a node. Owned.</param>
    /// <param name="endSending">Tells the other end that there is no more, and leaves it time to read what there was.</param>
    /// <param name="limits">Of both ways.</param>
    public ClusterAssociation(Address local, Address remote, Stream stream, Action endSending, FrameLimits limits, TimeProvider time)
        : base(local, remote)
    {
        (_stream, _endSending, _mostFrame, _mostUnsent) = (stream, endSending, limits.Frame, limits.Unsent);
        _end = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        ReadHandlerSource = new TaskCompletionSource<IHandleEventListener>(TaskCreationOptions.RunContinuationsAsynchronously);
        Ended = RunAsync();
    }

    /// <summary>Completes when everything has been said, or cannot be, and the connection is gone. Never fails.</summary>
    public Task Ended { get; }

    /// <exception cref="IOException">It is more than the other would read. False would mean later, and Akka would try for ever.</exception>
    public override bool Write(ByteString payload)
    {
        if (payload.Length > _mostFrame) throw new IOException("a message larger than any that nodes read");
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
        if (ReadHandlerSource.Task.IsCompletedSuccessfully)
            (await ReadHandlerSource.Task).Notify(new Disassociated(DisassociateInfo.Unknown));
#pragma warning disable CS0618 // The one with a reason only logs it.
        Disassociate();
#pragma warning restore CS0618
    }

    private async Task ReadFramesAsync(PipeReader reader, IHandleEventListener listener)
    {
        var isFirst = true;
        for (var isOpen = true; isOpen;)
        {
            var received = await reader.ReadAsync(_end.Token);
            var rest = received.Buffer;
            while (!_isClosed && TryTakeFrame(ref rest, out var frame))
            {
                if (isFirst && !BeginsOrEnds(frame)) throw new IOException("a first frame that no node sends");
                isFirst = false;
                listener.Notify(new InboundPayload(frame));
            }

            // Whoever said goodbye hears no more, and keeps nothing, but reads on: closing at once could destroy its last words on their
            // way.
            reader.AdvanceTo(_isClosed ? rest.End : rest.Start, rest.End);
            isOpen = !received.IsCompleted;
        }
    }

    /// <summary>
    /// Whether a frame is Akka's Associate, which says who a node is, or a Disassociate, which says that nothing comes of it. Akka's
    /// adapters of transports keep whatever else comes first, without a bound or a time.
    /// </summary>
    private static bool BeginsOrEnds(ByteString frame)
    {
        const uint instruction = (2 << 3) | (uint)WireFormat.WireType.LengthDelimited;
        const uint command = (1 << 3) | (uint)WireFormat.WireType.Varint;
        try
        {
            var input = frame.CreateCodedInput();
            if (input.ReadTag() != instruction || input.ReadLength() < 2 || input.ReadTag() != command) return false;
            // Associate; Disassociate without a reason, for the end of a node, for quarantine. 3 is a heartbeat.
            return input.ReadEnum() is 1 or 2 or 4 or 5;
        }
        catch (IOException)
        {
            return false;
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
