using ClusterLb.DataPlane.Listeners;

namespace ClusterLb.DataPlane.Tests.Listeners;

public sealed class DescriptorBudgetTests
{
    [Theory]
    [InlineData(1_024, 384)]
    [InlineData(20_000, 9_872)]
    [InlineData(100, 16)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void Every_client_has_a_descriptor_for_its_backend(long limit, int clients) => Assert.Equal(clients, DescriptorBudget.MostClients(limit));

    [Fact]
    public void This_process_has_a_budget() => Assert.InRange(DescriptorBudget.MostClients(), 16, int.MaxValue);
}
