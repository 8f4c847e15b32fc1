using System.Text;
using ClusterLb.DataPlane.Telemetry;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Telemetry;

public sealed class OutputThreadTests
{
    [Fact]
    public async Task Who_hands_lines_over_never_waits_for_a_reader_that_does_not_read()
    {
        var pipe = new GatedStream();
        using var thread = new OutputThread("test", pipe, capacity: 4);
        Hand(thread, "first\n");
        await Eventually.Is(() => pipe.IsWaitedFor);

        for (var i = 0; i < 4; i++) Assert.True(Hand(thread, $"{i}\n"));
        for (var i = 0; i < 1_000; i++) Assert.False(Hand(thread, "lost\n"));

        Assert.Equal(1_000, thread.Losses.Full);
        pipe.Open();
    }

    [Fact]
    public async Task When_it_flows_again_what_was_lost_is_said_once()
    {
        var pipe = new GatedStream();
        using (var thread = new OutputThread("test", pipe, capacity: 1, lost => Encoding.ASCII.GetBytes($"[{lost} lost]\n")))
        {
            Hand(thread, "first\n");
            await Eventually.Is(() => pipe.IsWaitedFor);
            Hand(thread, "second\n");
            Hand(thread, "third\n");
            Hand(thread, "fourth\n");
            pipe.Open();
            await Eventually.Is(() => pipe.Text.Contains("second", StringComparison.Ordinal));
            Hand(thread, "fifth\n");
        }

        Assert.Equal("first\n[2 lost]\nsecond\nfifth\n", pipe.Text);
    }

    [Fact]
    public async Task It_goes_on_in_another_stream_without_losing_a_line()
    {
        var (old, next) = (new GatedStream(), new GatedStream());
        old.Open();
        next.Open();
        using (var thread = new OutputThread("test", old, capacity: 8))
        {
            Hand(thread, "one\n");
            Assert.Equal("", await thread.ReplaceAsync(() => next));
            Hand(thread, "two\n");
        }

        Assert.Equal("one\ntwo\n", old.Text + next.Text);
        Assert.EndsWith("two\n", next.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_other_stream_cannot_be_opened_it_stays_and_says_why()
    {
        var old = new GatedStream();
        old.Open();
        using (var thread = new OutputThread("test", old, capacity: 8))
        {
            Assert.Equal("no such directory", await thread.ReplaceAsync(() => throw new IOException("no such directory")));
            Hand(thread, "one\n");
        }

        Assert.Equal("one\n", old.Text);
    }

    [Fact]
    public async Task A_disk_that_is_full_costs_lines_and_no_more_than_while_it_is_full()
    {
        var disk = new GatedStream { Failure = "No space left on device" };
        disk.Open();
        using (var thread = new OutputThread("test", disk, capacity: 8))
        {
            Hand(thread, "one\n");
            await Eventually.Is(() => thread.Losses.Failed == 1);
            Assert.Equal("No space left on device", thread.Losses.Failure);

            disk.Failure = null;
            Hand(thread, "two\n");
            await Eventually.Is(() => thread.Losses.Failure.Length == 0);
            Assert.Equal(1, thread.Losses.Lines);
        }

        // A part of the lost line may be there: what follows begins a line of its own.
        Assert.Equal("\ntwo\n", disk.Text);
    }

    [Fact]
    public async Task Its_end_waits_for_a_slow_reader_and_not_for_one_that_is_gone()
    {
        var pipe = new GatedStream();
        var thread = new OutputThread("test", pipe, capacity: 4);
        Hand(thread, "first\n");
        await Eventually.Is(() => pipe.IsWaitedFor);
        await Task.Run(thread.Dispose).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(Hand(thread, "too late\n"));
        pipe.Open();
    }

    private static bool Hand(OutputThread thread, string line) => thread.TryHand(Encoding.ASCII.GetBytes(line), line.Length, lines: 1);

    /// <summary>A pipe whose reader reads when the test says so.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _gate = new();
        private volatile string? _failure;
        private volatile bool _isWaitedFor;

        public string? Failure
        {
            get => _failure;
            set => _failure = value;
        }

        public bool IsWaitedFor => _isWaitedFor;

        public string Text
        {
            get
            {
                lock (_gate) return Encoding.ASCII.GetString(ToArray());
            }
        }

        public void Open() => _gate.Set();

        public override void Write(byte[] buffer, int offset, int count) => Pass(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => Pass(buffer);

        public override void WriteByte(byte value) => Pass([value]);

        private void Pass(ReadOnlySpan<byte> bytes)
        {
            _isWaitedFor = true;
            _gate.Wait();
            if (_failure is { } failure) throw new IOException(failure);
            lock (_gate) base.Write(bytes.ToArray(), 0, bytes.Length);
        }
    }
}
