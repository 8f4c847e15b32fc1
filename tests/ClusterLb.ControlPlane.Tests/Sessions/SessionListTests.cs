using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Tests.Sessions;

public sealed class SessionListTests
{
    [Fact]
    public void Sessions_that_live_are_listed_by_backend_up_to_a_limit()
    {
        var table = new BindingTable(1_000);
        for (var i = 0; i < 30; i++) table.Put(Bindings.Of(i, backend: (ulong)(i % 3), expiresAt: i < 15 ? 100u : 200u), 0);

        Assert.Equal(20, SessionList.Read(table, null, 100, 50).Count);
        Assert.Equal(10, SessionList.Read(table, Of(2), 100, 50).Count);
        Assert.Equal(5, SessionList.Read(table, Of(2), 100, 100).Count);
        Assert.Equal(3, SessionList.Read(table, Of(2), 3, 50).Count);
        Assert.Empty(SessionList.Read(table, Of(9), 3, 50));
    }

    private static HashSet<ulong> Of(ulong backend) => [backend];
}
