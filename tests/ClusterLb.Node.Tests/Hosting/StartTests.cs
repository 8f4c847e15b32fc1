using ClusterLb.Node.Tests.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>The first moments of real processes.</summary>
public sealed class StartTests
{
    private const int SIGHUP = 1;

    [Theory]
    [InlineData(64)]
    [InlineData(300)]
    public async Task Too_few_descriptors_are_one_line_before_there_is_a_node(int descriptors)
    {
        using var node = NodeProcess.RunWithDescriptors(
            descriptors, NodeProcess.Settings(FreePorts.Next(), FreePorts.Next(), new System.Net.IPEndPoint(1, 1)));

        Assert.Equal(1, await node.ExitCodeAsync());
        Assert.Equal($"this process may have {descriptors} descriptors; a node needs 512 or more, and twice as many as clients: raise the "
            + "limit (ulimit -n, LimitNOFILE)", node.Errors.Trim());
    }

    [Fact]
    public async Task A_signal_that_ends_nothing_ends_nothing_while_the_configuration_is_read_either()
    {
        await using var backend = RawBackend.Start("hello");
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var pipe = new NamedPipe();
        // Opens when the node does, which then waits for the text.
        using var node = NodeProcess.Run([.. NodeProcess.Settings(port, admin, backend.EndPoint), "--config", pipe.Path]);
        await using (var text = await pipe.OpenAsync())
        {
            node.Signal(SIGHUP);
            await text.WriteAsync("clusterlb.node.name = late");
        }

        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);
    }
}
