using ClusterLb.Core.Sessions;

namespace ClusterLb.Redis.Tests;

public class BindingQueueTests
{
    [Fact]
    public void What_came_first_goes_first()
    {
        var queue = new BindingQueue(10);
        for (ulong i = 1; i <= 5; i++) queue.Put(TestStores.Bind(i, 7));

        Assert.Equal([1, 2, 3], Take(queue, 3).Select(binding => (int)binding.Session.Value));
        Assert.Equal([4, 5], Take(queue, 3).Select(binding => (int)binding.Session.Value));
        Assert.Empty(Take(queue, 3));
    }

    [Fact]
    public void Of_one_session_only_what_counts_waits()
    {
        var queue = new BindingQueue(10);
        var first = TestStores.Bind(1, 7);
        queue.Put(first with { Version = 1 });
        queue.Put(first);
        queue.Put(first with { Version = 2, Backend = 5 });
        queue.Put(first with { Version = 2, Backend = 4, ExpiresAt = first.ExpiresAt + 10 });
        queue.Put(first with { Version = 2, Backend = 5, ExpiresAt = first.ExpiresAt + 1 });
        queue.Put(first with { Version = 2, Backend = 5 });

        Assert.Equal([first with { Version = 2, Backend = 5, ExpiresAt = first.ExpiresAt + 1 }], Take(queue, 10));
    }

    [Fact]
    public void When_full_the_oldest_go_and_are_counted()
    {
        var queue = new BindingQueue(100);
        for (ulong i = 1; i <= 250; i++) queue.Put(TestStores.Bind(i, 7));
        queue.Put(TestStores.Bind(250, 8));

        Assert.Equal(150, queue.Dropped);
        Assert.Equal(100, queue.Count);
        Assert.Equal(Enumerable.Range(151, 100), Take(queue, 1_000).Select(binding => (int)binding.Session.Value));
    }

    [Fact]
    public async Task Who_waits_is_woken_by_the_first_that_comes()
    {
        var queue = new BindingQueue(10);
        for (ulong i = 1; i <= 3; i++)
        {
            var waiting = queue.WaitAsync(CancellationToken.None);
            Assert.False(waiting.IsCompleted);
            queue.Put(TestStores.Bind(i, 7));
            queue.Put(TestStores.Bind(i + 10, 7));
            await waiting.WaitAsync(TestStores.Patient);
            Take(queue, 10);
        }
    }

    [Fact]
    public async Task Who_waits_can_be_told_to_stop()
    {
        using var stopping = new CancellationTokenSource();
        var waiting = new BindingQueue(10).WaitAsync(stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static List<Binding> Take(BindingQueue queue, int most)
    {
        var taken = new List<Binding>();
        queue.Take(taken, most);
        return taken;
    }
}
