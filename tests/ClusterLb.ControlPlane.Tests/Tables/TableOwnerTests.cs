using ClusterLb.Core.Routing;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Tables;

public sealed class TableOwnerTests
{
    private readonly TestMemory _test = new(TestMemory.PoolOf(2, Configs.Pool.Health));

    [Fact]
    public void Who_listens_hears_of_every_change_once_it_is_in_force()
    {
        var heard = new List<(TableChange Change, long InForce)>();
        _test.Owner.Listen(change => heard.Add((change, _test.Memory.Tables.Current.Version)));

        var change = _test.Apply(TestMemory.PoolOf(3, Configs.Pool.Health));

        Assert.Equal([(change, 2L)], heard);
        Assert.Equal(["app/b3"], change.Added.Select(backend => backend.Id));
        Assert.Same(change.To, _test.Memory.Tables.Current);
        Assert.Equal(3, _test.Owner.InForce.Config.Pools[0].Backends.Count);
    }

    [Fact]
    public void The_ring_in_force_is_that_of_the_table_of_now()
    {
        var before = _test.Owner.InForce.Ring;
        _test.Apply(TestMemory.PoolOf(3, Configs.Pool.Health));
        Assert.NotEqual(before, _test.Owner.InForce.Ring);

        _test.Apply(TestMemory.PoolOf(2, Configs.Pool.Health));
        Assert.Equal(before, _test.Owner.InForce.Ring);
    }

    [Fact]
    public void Changes_from_many_threads_come_one_after_the_other()
    {
        var versions = new List<long>();
        _test.Owner.Listen(change => versions.Add(change.To.Version));

        Parallel.For(0, 100, i => _test.Apply(TestMemory.PoolOf(1 + (i % 3), Configs.Pool.Health)));

        Assert.Equal(Enumerable.Range(2, 100).Select(version => (long)version), versions);
    }

    [Fact]
    public void What_is_removed_may_finish_its_work_for_as_long_as_a_drain_may_last()
    {
        var gone = _test.Pool.Members[1];
        _test.Memory.Admin.Leave(_test.Apply(TestMemory.PoolOf(1, Configs.Pool.Health)), now: 1_000);

        var leaving = Assert.Single(_test.Memory.Admin.Leaving.Values);
        Assert.Same(gone, leaving.Backend);
        Assert.Equal(1_000 + (long)Configs.Pool.DrainTimeout.TotalMilliseconds, leaving.Deadline);
    }
}
