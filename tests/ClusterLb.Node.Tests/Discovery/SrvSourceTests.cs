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
    public async Task The_address_that_stands_for_a_target_stays_while_answers_have_it_and_when_they_fail()
    {
        _server.Change(NameRecord.Service(Name, "a.example.org", 80), NameRecord.Address("a.example.org", "10.0.0.5"));
        Assert.Equal("10.0.0.5", await AddressesAsync());
        _server.Change(NameRecord.Service(Name, "a.example.org", 80), NameRecord.Address("a.example.org", "10.0.0.1"),
            NameRecord.Address("a.example.org", "10.0.0.5"));
        Assert.Equal("10.0.0.5 10.0.0.1", await AddressesAsync());
        _server.Script = question => question.Type == 33
            ? new NameReply(NameRecord.Service(Name, "a.example.org", 80))
            : new NameReply { Code = 2 };
        Assert.Equal("10.0.0.5 10.0.0.1", await AddressesAsync());
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

    private async Task<string> AddressesAsync() => string.Join(
        ' ', Assert.Single(Assert.IsType<FoundBackends>(await _source.AskAsync(CancellationToken.None)).Backends).Addresses);
}
