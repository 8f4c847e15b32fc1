using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ClusterLb.Node.Client;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Client;

/// <summary>Which node is asked when the first one cannot be.</summary>
public sealed class AdminClientTests
{
    [Fact]
    public async Task Where_nobody_listens_the_next_one_is_asked()
    {
        await using var node = RawBackend.Start("{}");
        using var client = new AdminClient([UrlOf(new IPEndPoint(IPAddress.Loopback, FreePorts.Next())), UrlOf(node.EndPoint)], "",
            TimeSpan.FromSeconds(60));

        Assert.Equal(JsonValueKind.Object, (await client.GetAsync<JsonElement>("status")).ValueKind);
    }

    [Fact]
    public async Task Where_a_connection_is_not_even_refused_the_next_one_is_asked()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(0);
        using var ahead = await FullAccepts.FillAsync((IPEndPoint)silent.LocalEndPoint!);
        await using var node = RawBackend.Start("{}");
        using var client = new AdminClient([UrlOf((IPEndPoint)silent.LocalEndPoint!), UrlOf(node.EndPoint)], "", TimeSpan.FromSeconds(6));

        Assert.Equal(JsonValueKind.Object, (await client.GetAsync<JsonElement>("status")).ValueKind);
    }

    [Fact]
    public async Task One_that_takes_the_question_and_does_not_answer_is_not_asked_behind_its_back()
    {
        var never = new TaskCompletionSource();
        await using var mute = RawBackend.Start(_ => new Reply("") { After = never.Task });
        await using var node = RawBackend.Start("{}");
        using var client = new AdminClient([UrlOf(mute.EndPoint), UrlOf(node.EndPoint)], "", TimeSpan.FromSeconds(5));

        var failure = await Assert.ThrowsAsync<AdminException>(() => client.GetAsync<JsonElement>("status"));

        Assert.Equal($"{UrlOf(mute.EndPoint)} did not answer in time", failure.Message);
        Assert.Empty(node.Requests);
    }

    private static Uri UrlOf(IPEndPoint endPoint) => new($"http://{endPoint}/");
}
