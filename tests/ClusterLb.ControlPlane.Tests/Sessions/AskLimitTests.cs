using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class AskLimitTests
{
    private static readonly Binding s_answer = Bindings.Of(1);

    private readonly AskLimit _limit = new(3);

    [Fact]
    public async Task Beyond_its_bound_nobody_is_asked_and_the_answer_is_none_at_once()
    {
        var (gate, asked) = (new TaskCompletionSource(), 0);
        var open = Enumerable.Range(0, 3).Select(_ => _limit.Run(AskAsync)).ToList();
        Assert.Equal(3, _limit.Open);

        for (var i = 0; i < 1_000; i++) Assert.Null(await _limit.Run(AskAsync));
        gate.SetResult();

        Assert.All(await Task.WhenAll(open), answer => Assert.Equal(s_answer, answer));
        Assert.Equal((3, 1_000L, 0), (asked, _limit.Refused, _limit.Open));

        async Task<Binding?> AskAsync()
        {
            Interlocked.Increment(ref asked);
            await gate.Task;
            return s_answer;
        }
    }

    [Fact]
    public async Task What_was_answered_and_what_failed_make_room()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(s_answer, await _limit.Run(() => Task.FromResult<Binding?>(s_answer)));
            await Assert.ThrowsAsync<InvalidOperationException>(() => _limit.Run(() => throw new InvalidOperationException("test")));
        }

        Assert.Equal((0, 0L), (_limit.Open, _limit.Refused));
    }
}
