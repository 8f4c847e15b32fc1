using ClusterLb.DataPlane.Sessions;

namespace ClusterLb.DataPlane.Tests.Sessions;

public sealed class NewSessionLimitTests
{
    [Fact]
    public void So_many_a_second_and_as_many_again_in_the_next()
    {
        var limit = new NewSessionLimit(3);

        for (uint second = 7; second < 10; second++)
            Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => limit.TryBegin(1, second)));
        Assert.True(limit.TryBegin(2, 9));
    }

    [Fact]
    public void Nought_is_no_bound()
    {
        var limit = new NewSessionLimit(0);

        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(limit.TryBegin(1, 7)));
    }

    [Fact]
    public void Clients_that_come_by_once_free_nobody_of_the_bound_that_was_reached()
    {
        var limit = new NewSessionLimit(50);
        while (limit.TryBegin(42, 7))
        {
        }

        for (ulong client = 1_000; client < 100_000; client++) limit.TryBegin(client, 7);

        Assert.False(limit.TryBegin(42, 7));
    }

    [Fact]
    public void It_allocates_nothing_however_many_clients_there_are()
    {
        var limit = new NewSessionLimit(5);
        limit.TryBegin(1, 7);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong client = 0; client < 10_000; client++) limit.TryBegin(client, 8);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
