using System.Net;
using ClusterLb.Faults.Backends;
using ClusterLb.Faults.Clients;
using ClusterLb.Faults.Ledger;
using ClusterLb.Testing;

namespace ClusterLb.Faults.Tests.Backends;

/// <summary>Backend and clients understand each other, with nothing in between.</summary>
public sealed class BackendServerTests : IDisposable
{
    private readonly string _journal = Path.GetTempFileName();
    private readonly int _port = FreePorts.Next();
    private readonly int _linePort = FreePorts.Next();
    private readonly BackendServer _server;

    public BackendServerTests()
    {
        _server = new BackendServer("b1", _journal);
        _server.Listen(IPAddress.Loopback, _port, _linePort);
    }

    public void Dispose()
    {
        _server.Dispose();
        File.Delete(_journal);
    }

    [Theory]
    [InlineData("GET", 0)]
    [InlineData("POST", 0)]
    [InlineData("PUT", 20_000)]
    [InlineData("GET", 200_000)]
    [InlineData("LINE", 0)]
    [InlineData("LINE", 200_000)]
    public async Task A_client_has_its_own_answer_whole_and_the_backend_has_a_receipt_of_it(string method, int bytes)
    {
        using var connection = await ConnectAsync(method);
        for (var number = 1; number <= 3; number++)
        {
            var answer = await connection.AskAsync(new Question($"/app/{number}", method, bytes, Session: 5), CancellationToken.None);

            Assert.Equal((Failure.None, true, new Stamp("b1", Environment.ProcessId, number, $"/app/{number}")),
                (answer.Failure, answer.IsIntact, answer.Stamp));
            Assert.True(connection.IsUsable);
        }

        Assert.Equal(["/app/1", "/app/2", "/app/3"], Journal.Read(_journal).Select(receipt => receipt.Stamp.Id));
        Assert.All(Journal.Read(_journal), receipt => Assert.Equal(method, receipt.Method));
    }

    [Theory]
    [InlineData("GET", 0)]
    [InlineData("GET", 20_000)]
    [InlineData("LINE", 20_000)]
    public async Task An_answer_that_is_reset_is_seen_as_such(string method, int bytes)
    {
        _server.Behaviour = Behaviour.Usual with { ResetEvery = 1 };
        using var connection = await ConnectAsync(method);

        var answer = await connection.AskAsync(new Question("/app/1", method, bytes, null), CancellationToken.None);

        // A reset may overtake what was sent before it.
        Assert.True(answer.Failure is Failure.Truncated or Failure.Broken, answer.ToString());
        Assert.False(connection.IsUsable);
    }

    [Fact]
    public void How_to_behave_is_read_as_it_is_written()
    {
        var behaviour = new Behaviour(20, 5);

        Assert.Equal(behaviour, Behaviour.Parse(behaviour.ToString()));
        Assert.Equal(Behaviour.Usual, Behaviour.Parse("nonsense"));
    }

    private Task<IConnection> ConnectAsync(string method)
    {
        var anywhere = new IPEndPoint(IPAddress.Loopback, 0);
        return method == "LINE"
            ? new LineProtocol().ConnectAsync(anywhere, new IPEndPoint(IPAddress.Loopback, _linePort), CancellationToken.None)
            : new HttpProtocol().ConnectAsync(anywhere, new IPEndPoint(IPAddress.Loopback, _port), CancellationToken.None);
    }
}
