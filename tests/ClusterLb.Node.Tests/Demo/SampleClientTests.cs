using System.Collections.Immutable;
using System.Net;
using ClusterLb.Node.Demo;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Demo;

public sealed class SampleClientTests
{
    private static readonly ClientCount s_none = new(0, 0, 0, ImmutableSortedDictionary<string, long>.Empty, "");

    [Fact]
    public async Task It_counts_who_answered()
    {
        await using var backend = RawBackend.Start(_ => Reply.Ok("hello from b1\n"));
        await using var client = Start(backend);

        await Eventually.Is(() => client.Count.Requests > 8);

        var count = client.Count;
        Assert.Equal((0, 0, ""), (count.Failed, count.SentAgain, count.Trouble));
        Assert.Equal(["b1"], count.ByBackend.Keys);
    }

    [Fact]
    public async Task A_request_whose_connection_breaks_is_sent_again()
    {
        var requests = 0;
        await using var backend = RawBackend.Start(_ => Interlocked.Increment(ref requests) == 1
            ? new Reply("", Reset: true)
            : Reply.Ok("hello from b1\n"));
        await using var client = Start(backend);

        await Eventually.Is(() => client.Count is { SentAgain: 1, Requests: > 4 });
        Assert.Equal(0, client.Count.Failed);
    }

    [Fact]
    public async Task What_is_no_success_has_failed_and_says_why()
    {
        await using var backend = RawBackend.Start(_ => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        await using var client = Start(backend);

        await Eventually.Is(() => client.Count.Failed > 0);
        Assert.Equal("status 503", client.Count.Trouble);
    }

    [Fact]
    public async Task Where_nobody_listens_every_request_fails_once_it_was_sent_again()
    {
        await using var client = new SampleClient(new Uri($"http://127.0.0.1:{FreePorts.Next()}/"), TimeProvider.System);

        await Eventually.Is(() => client.Count.Failed > 4);
        Assert.Empty(client.Count.ByBackend);
        Assert.True(client.Count.SentAgain >= client.Count.Failed);
    }

    [Fact]
    public void A_line_says_what_the_name_stands_for_and_what_came_of_this_second_and_of_all()
    {
        var before = s_none with { Requests = 40, Failed = 1, ByBackend = Counts(("b1", 20), ("b2", 19)), Trouble = "status 503" };
        var now = before with { Requests = 80, SentAgain = 2, ByBackend = Counts(("b1", 20), ("b2", 59)) };

        Assert.Equal("lb is 10.0.0.1 10.0.0.2; 40 requests, 0 failed; b2 40; in all 80, 1 failed, 2 sent again",
            now.Tell("lb", [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1")], before));
        Assert.Equal("lb is nobody; 40 requests, 1 failed (status 503); b1 20, b2 19; in all 40, 1 failed, 0 sent again",
            before.Tell("lb", [], s_none));
        Assert.Equal("lb is nobody; 0 requests, 0 failed; no backend; in all 0, 0 failed, 0 sent again", s_none.Tell("lb", [], s_none));
    }

    private static SampleClient Start(RawBackend backend) => new(new Uri($"http://{backend.EndPoint}/"), TimeProvider.System);

    private static ImmutableSortedDictionary<string, long> Counts(params (string Name, long Count)[] counts) =>
        counts.ToImmutableSortedDictionary(one => one.Name, one => one.Count, StringComparer.Ordinal);
}
