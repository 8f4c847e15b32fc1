using System.Net;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>Clients that ask for much and read nothing, in a process with few descriptors.</summary>
public sealed class SlowReaderTests
{
    private const int MostClients = 60;

    // What so many clients, their backends, the admin port and the rest of the process take: a node that runs as root does not raise it
    // then. Connections may have half of it.
    private const int Descriptors = 768 + (2 * 64) + (MostClients * 4 / 3);
    private const int Readers = 45;

    [Fact]
    public async Task Their_pipes_take_an_eighth_of_the_descriptors_and_others_are_served()
    {
        var body = new string('x', 4 * 1024 * 1024);
        await using var backend = RawBackend.Start(request => Reply.Ok(request.Line.Contains("large", StringComparison.Ordinal) ? body
            : "ok"));
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        using var node = NodeProcess.RunWithDescriptors(
            Descriptors, [.. NodeProcess.Settings(port, admin, backend.EndPoint), "--set", $"listeners.web.max-connections={MostClients}",
                "--set", "pools.app.health.type=none"]);
        await Eventually.Is(() => node.Errors.Contains("serves", StringComparison.Ordinal));
        var before = node.Descriptors().Count(IsPipe);
        var endPoint = new IPEndPoint(IPAddress.Loopback, port);
        var readers = new List<RawClient>();
        for (var i = 0; i < Readers; i++)
        {
            readers.Add(await RawClient.ConnectAsync(endPoint));
            await readers[i].SendAsync("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
        }

        await Eventually.Is(() => backend.Requests.Count(request => request.Line.Contains("large", StringComparison.Ordinal)) == Readers);
        for (var i = 0; i < 50; i++)
        {
            using var client = await RawClient.ConnectAsync(endPoint);
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.Equal("ok", (await client.ReadAsync()).Body);
        }

        // A response goes through a pipe only once much of it has gone.
        await Eventually.Is(() => node.Descriptors().Count(IsPipe) - before >= 2);
        Assert.InRange(node.Descriptors().Count(IsPipe) - before, 2, Descriptors / 2 / 8);
        foreach (var reader in readers) reader.Dispose();
    }

    private static bool IsPipe(string descriptor) => descriptor.StartsWith("pipe:", StringComparison.Ordinal);
}
