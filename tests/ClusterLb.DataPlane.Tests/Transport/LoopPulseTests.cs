using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Transport.Sockets;

namespace ClusterLb.DataPlane.Tests.Transport;

public sealed class LoopPulseTests : IAsyncDisposable
{
    private readonly SocketLoop _loop = new(0, "loop-0", 1024, _ => { });
    private readonly ManualResetEventSlim _block = new();

    public LoopPulseTests() => _loop.Start();

    public async ValueTask DisposeAsync()
    {
        _block.Set();
        await _loop.StopAsync();
        _block.Dispose();
    }

    [Fact]
    public async Task A_loop_that_turns_answers() =>
        Assert.True(await new LoopPulse(_loop).AnswersAsync(TimeSpan.FromSeconds(20), TimeProvider.System));

    [Fact]
    public async Task A_loop_that_is_blocked_does_not_and_does_again()
    {
        var pulse = new LoopPulse(_loop);
        _loop.Post(_ => _block.Wait(), null);

        Assert.False(await pulse.AnswersAsync(TimeSpan.FromMilliseconds(50), TimeProvider.System));
        _block.Set();
        Assert.True(await pulse.AnswersAsync(TimeSpan.FromSeconds(20), TimeProvider.System));
    }

    [Fact]
    public async Task Whoever_asks_without_end_has_one_question_on_its_way()
    {
        var pulse = new LoopPulse(_loop);
        _loop.Post(_ => _block.Wait(), null);
        var asked = Enumerable.Range(0, 10_000).Select(_ => pulse.AnswersAsync(TimeSpan.FromSeconds(60), TimeProvider.System)).ToList();
        Assert.Equal(1, pulse.Questions);
        _block.Set();

        Assert.DoesNotContain(false, await Task.WhenAll(asked));
        for (var i = 0; i < 1_000; i++) Assert.True(await pulse.AnswersAsync(TimeSpan.FromSeconds(60), TimeProvider.System));
        Assert.InRange(pulse.Questions, 1, 100);
    }
}
