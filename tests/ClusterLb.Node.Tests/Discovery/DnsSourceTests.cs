using ClusterLb.Core.Discovery;
using ClusterLb.Node.Discovery;
using ClusterLb.Node.Names;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Discovery;

public sealed class DnsSourceTests : IDisposable
{
    private const string Name = "app.example.org";

    private readonly ScriptedNameServer _server = ScriptedNameServer.Start();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Every_address_of_either_family_is_a_backend()
    {
        _server.Change(
            NameRecord.Address(Name, "10.0.0.1", 30), NameRecord.Address(Name, "10.0.0.2", 40), NameRecord.Address(Name, "::1", 7));
        var found = Assert.IsType<FoundBackends>(await AskAsync());

        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80", "[::1]:80"], found.Backends.Select(backend => backend.Name));
        Assert.Equal(TimeSpan.FromSeconds(7), found.TimeToLive);
    }

    [Fact]
    public async Task With_one_family_missing_the_other_is_not_taken_for_all()
    {
        _server.Script = question => question.Type == 1
            ? new NameReply(NameRecord.Address(Name, "10.0.0.1"))
            : new NameReply { Code = 2 };
        Assert.Equal(new NoAnswer("a name server answers ServerFailure"), await AskAsync());
    }

    [Fact]
    public async Task Addresses_that_nobody_can_connect_to_are_nonsense()
    {
        _server.Change(NameRecord.Address(Name, "0.0.0.0"), NameRecord.Address(Name, "10.0.0.1"), NameRecord.Address(Name, "224.0.0.1"));
        Assert.Equal("10.0.0.1:80", Assert.Single(Assert.IsType<FoundBackends>(await AskAsync()).Backends).Name);
        _server.Change(NameRecord.Address(Name, "0.0.0.0"));
        Assert.IsType<NoAnswer>(await AskAsync());
    }

    [Fact]
    public async Task Nobody_and_no_answer_are_told_apart()
    {
        Assert.Equal(new NobodyFound("the name does not exist"), await AskAsync());
        _server.Change(NameRecord.Service(Name, "a.example.org", 80));
        Assert.Equal(new NobodyFound("it has no address"), await AskAsync());
        _server.Script = _ => new NameReply { Code = 5 };
        Assert.Equal(new NoAnswer("a name server answers Refused"), await AskAsync());
    }

    private async Task<SourceAnswer> AskAsync()
    {
        using var source = new DnsSource(Name, 80, new NameLookup(new NameQueries([_server.EndPoint])));
        return await source.AskAsync(CancellationToken.None);
    }
}
