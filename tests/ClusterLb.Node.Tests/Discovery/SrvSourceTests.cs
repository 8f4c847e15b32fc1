using System.Collections.Concurrent;
using System.Net;
using ClusterLb.ControlPlane.Names;
using ClusterLb.Core.Discovery;
using ClusterLb.Node.Discovery;
using ClusterLb.Node.Names;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Discovery;

public sealed class SrvSourceTests : IDisposable
{
    private const string Name = "_http._tcp.example.org";

    private readonly ScriptedNameServer _server = ScriptedNameServer.Start();
    private readonly SrvSource _source;

    public SrvSourceTests()
    {
        var queries = new NameQueries([_server.EndPoint]);
        _source = new SrvSource(Name, queries, new NameLookup(queries));
    }

    public void Dispose()
    {
        _source.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Every_target_is_a_backend_with_its_port_priority_and_weight()
    {
        _server.Change(
            NameRecord.Service(Name, "a.example.org", 8080, priority: 10, weight: 0, timeToLive: 60),
            NameRecord.Service(Name, "b.example.org", 8081, priority: 10, weight: 4),
            NameRecord.Service(Name, "C.example.org", 8080, priority: 20, weight: 7),
            NameRecord.Address("a.example.org", "10.0.0.1", 9), NameRecord.Address("b.example.org", "10.0.0.2"),
            NameRecord.Address("b.example.org", "::2"), NameRecord.Address("c.example.org", "10.0.0.3"));
        var found = Assert.IsType<FoundBackends>(await _source.AskAsync(CancellationToken.None));

        Assert.Equal(
            ["a.example.org:8080 10 1 10.0.0.1", "b.example.org:8081 10 256 10.0.0.2 ::2", "c.example.org:8080 20 7 10.0.0.3"],
            found.Backends.Select(one => $"{one.Name} {one.Priority} {one.Weight} {string.Join(' ', one.Addresses)}"));
        Assert.Equal(TimeSpan.Zero, found.TimeToLive);
    }

    [Fact]
    public async Task A_target_that_cannot_be_looked_up_has_no_address_and_the_others_have_theirs()
    {
        _server.Script = question => question switch
        {
            { Type: 33 } => new NameReply(
                NameRecord.Service(Name, "a.example.org", 80, timeToLive: 60),
                NameRecord.Service(Name, "b.example.org", 80, timeToLive: 60)),
            { Name: "a.example.org", Type: 1 } => new NameReply(NameRecord.Address("a.example.org", "10.0.0.1", 60)),
            { Name: "a.example.org" } => new NameReply(),
            _ => new NameReply { Code = 2 },
        };
        var found = Assert.IsType<FoundBackends>(await _source.AskAsync(CancellationToken.None));
        Assert.Equal(["a.example.org:80 10.0.0.1", "b.example.org:80 "], found.Backends.Select(TextOf));
        // It is asked again before the time of the others is over.
        Assert.Equal(RefreshRule.Retry, found.TimeToLive);
    }

    [Fact]
    public async Task Targets_that_nobody_tells_of_are_waited_for_once_and_come_first_the_next_time()
    {
        NameRecord[] services = [.. Enumerable.Range(0, 40).Select(i => NameRecord.Service(Name, $"t{i}.example.org", 80))];
        var names = new LateNames();
        using var source = new SrvSource(Name, new NameQueries([_server.EndPoint]), names) { Patience = TimeSpan.FromMilliseconds(300) };
        _server.Change(services);
        var found = Assert.IsType<FoundBackends>(await source.AskAsync(CancellationToken.None));
        Assert.Equal(40, found.Backends.Count);
        Assert.All(found.Backends, backend => Assert.Empty(backend.Addresses));

        names.Answers = true;
        names.Asked.Clear();
        _server.Change([.. services.Prepend(NameRecord.Service(Name, "next.example.org", 80))]);
        found = Assert.IsType<FoundBackends>(await source.AskAsync(CancellationToken.None));
        Assert.All(found.Backends, backend => Assert.Single(backend.Addresses));
        Assert.Contains("next.example.org", names.Asked.Skip(8));
    }

    [Fact]
    public async Task Of_two_records_of_one_server_the_one_with_the_lower_priority_counts_then_the_heavier_one()
    {
        _server.Change(
            NameRecord.Service(Name, "a.example.org", 80, priority: 20, weight: 9), NameRecord.Service(Name, "a.example.org", 80, 10, 3),
            NameRecord.Service(Name, "a.example.org", 80, priority: 10, weight: 5), NameRecord.Address("a.example.org", "10.0.0.1"));
        var found = Assert.Single(Assert.IsType<FoundBackends>(await _source.AskAsync(CancellationToken.None)).Backends);
        Assert.Equal((10, 5), (found.Priority, found.Weight));
    }

    [Fact]
    public async Task A_target_that_is_no_host_name_is_left_out_and_a_dot_says_that_there_is_nobody()
    {
        _server.Change(NameRecord.Service(Name, "a/b.example.org", 80), NameRecord.Service(Name, "a.example.org", 0));
        Assert.IsType<NoAnswer>(await _source.AskAsync(CancellationToken.None));
        _server.Change(NameRecord.Service(Name, "", 0));
        Assert.Equal(new NobodyFound("it says that the service is not offered"), await _source.AskAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Nobody_and_no_answer_are_told_apart()
    {
        Assert.Equal(new NobodyFound("the name does not exist"), await _source.AskAsync(CancellationToken.None));
        _server.Script = _ => new NameReply { Code = 2 };
        Assert.Equal(new NoAnswer("a name server answers ServerFailure"), await _source.AskAsync(CancellationToken.None));
    }

    private static string TextOf(FoundBackend backend) => $"{backend.Name} {string.Join(' ', backend.Addresses)}";

    /// <summary>Says nothing until patience is over, or says what is asked.</summary>
    private sealed class LateNames : INameResolver
    {
        public bool Answers { get; set; }

        public ConcurrentQueue<string> Asked { get; } = new();

        public async Task<NameAnswer> ResolveAsync(string name, CancellationToken stopping)
        {
            Asked.Enqueue(name);
            if (Answers) return new NameAnswer([IPAddress.Loopback], null, "");
            await Task.WhenAny(Task.Delay(Timeout.InfiniteTimeSpan, stopping));
            return NameAnswer.Failed("no name server answers");
        }
    }
}
