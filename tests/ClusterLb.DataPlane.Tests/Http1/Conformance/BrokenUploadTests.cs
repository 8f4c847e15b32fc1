using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Http1.Conformance;

/// <summary>Clients that break their own request while its response is already under way: no backend is to blame for them.</summary>
public sealed class BrokenUploadTests
{
    public enum Fault
    {
        MalformedChunk,
        EndOfSending,
        Reset,
        Silence,
        MoreSilenceThanTheBackendMayKeep,
    }

    public static TheoryData<TransportKind, Fault> Faults()
    {
        var data = new TheoryData<TransportKind, Fault>();
        foreach (var fault in Enum.GetValues<Fault>())
        {
            data.Add(TransportKind.Epoll, fault);
            data.Add(TransportKind.Sockets, fault);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_client_that_breaks_its_request_under_the_response_harms_no_backend(TransportKind transport, Fault fault)
    {
        var never = new TaskCompletionSource();
        await using var backend = RawBackend.Start(
            _ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin") { Then = [(never.Task, "")] }, waitsForBody: false);
        var listener = Configs.Listener with
        {
            Timeouts = Configs.Listener.Timeouts with
            {
                BodyIdle = fault >= Fault.Silence
            ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(30)
            }
        };
        var impatient = fault == Fault.MoreSilenceThanTheBackendMayKeep ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(60);
        var pool = Configs.PoolOf(backend.EndPoint) with { Timeouts = Configs.Pool.Timeouts with { Idle = impatient } };
        await using var proxy = TestDataPlane.Start(transport, listener, pool);
        for (var i = 0; i < Configs.Pool.Passive.Failures; i++)
        {
            using var client = await RawClient.ConnectAsync(proxy.EndPoint);
            await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            // Its head is there: the response is under way.
            await client.ReadAsync("HEAD");
            if (fault == Fault.MalformedChunk) await client.SendAsync("zz\r\n");
            if (fault == Fault.EndOfSending) client.EndSending();
            if (fault == Fault.Reset) client.Reset();
            await Eventually.Is(() => proxy.Host.ActiveClients == 0);
        }

        Assert.NotEmpty(proxy.Failures);
        Assert.DoesNotContain(proxy.Failures, failure => failure.Outcome.Side == Side.Upstream);
    }
}
