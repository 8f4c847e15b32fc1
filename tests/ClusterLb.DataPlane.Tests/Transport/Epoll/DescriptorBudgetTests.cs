using ClusterLb.DataPlane.Transport;
using ClusterLb.DataPlane.Transport.Epoll;

namespace ClusterLb.DataPlane.Tests.Transport.Epoll;

public sealed class DescriptorBudgetTests
{
    [Theory]
    [InlineData(1_024, 384)]
    [InlineData(20_000, 14_424)]
    [InlineData(16, 24)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void Clients_leave_a_quarter_to_backends_and_the_rest_of_the_process_its_own(long limit, int clients) =>
        Assert.Equal(clients, new DescriptorBudget(limit).MostClients);

    [Fact]
    public void What_other_ports_may_open_is_theirs() =>
        Assert.Equal((20_000 - 768 - 128) / 4 * 3, new DescriptorBudget(20_000, others: 128).MostClients);

    [Fact]
    public void It_is_spent_when_connections_have_all_but_the_reserve()
    {
        var budget = new DescriptorBudget(1_024);
        budget.Take(511);
        Assert.False(budget.IsSpent);
        budget.Take(1);
        Assert.True(budget.IsSpent);
        budget.Return(2);
        Assert.False(budget.IsSpent);
    }

    [Fact]
    public void Pipes_get_an_eighth_and_count_with_the_rest()
    {
        var budget = new DescriptorBudget(1_024);
        var pipes = 0;
        while (budget.TryTakePipe()) pipes++;
        Assert.Equal(512 / 8 / 2, pipes);
        budget.ReturnPipe();
        Assert.True(budget.TryTakePipe());
        budget.Take(512 - 64);
        budget.ReturnPipe();
        budget.Take(2);
        Assert.False(budget.TryTakePipe());
        Assert.Equal(Pressure.Full, budget.Pressure);
    }

    [Fact]
    public void A_process_never_lowers_its_limit() =>
        Assert.Equal(DescriptorBudget.ForClients(16, others: 0).MostClients, DescriptorBudget.ForClients(17, others: 0).MostClients);
}
