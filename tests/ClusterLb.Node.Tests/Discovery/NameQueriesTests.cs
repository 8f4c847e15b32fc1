using ClusterLb.Node.Names;
using ClusterLb.Testing;
using DnsClient;
using DnsClient.Protocol;

namespace ClusterLb.Node.Tests.Discovery;

/// <summary>The client of name servers against one that does what it is told.</summary>
public sealed class NameQueriesTests : IDisposable
{
    private const string Name = "app.example.org";

    private readonly ScriptedNameServer _server = ScriptedNameServer.Start();
    private readonly NameQueries _queries;

    public NameQueriesTests() => _queries = new NameQueries([_server.EndPoint]);

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Records_come_with_the_shortest_time_to_live()
    {
        _server.Change(NameRecord.Address(Name, "10.0.0.1", 60), NameRecord.Address(Name, "10.0.0.2", 20), NameRecord.Address(Name, "::1"));
        Assert.Equal("10.0.0.1 10.0.0.2", await AskAsync());
        Assert.Equal(TimeSpan.FromSeconds(20), (await _queries.AskAsync(Name, QueryType.A, CancellationToken.None)).TimeToLive);
    }

    [Fact]
    public async Task Every_question_has_a_port_of_its_own_and_says_that_1232_bytes_fit()
    {
        _server.Change(NameRecord.Address(Name, "10.0.0.1"));
        for (var i = 0; i < 8; i++) await AskAsync();

        Assert.InRange(_server.Questions.Select(question => question.Port).Distinct().Count(), 7, 8);
        Assert.All(_server.Questions, question => Assert.Equal((1_232, false), (question.Room, question.IsTcp)));
    }

    [Fact]
    public async Task What_does_not_fit_is_asked_by_TCP()
    {
        var many = Enumerable.Range(1, 200).Select(i => NameRecord.Address(Name, $"10.0.0.{i}")).ToArray();
        _server.Script = _ => new NameReply(many) { IsTruncated = true };

        Assert.Equal(200, (await AskAsync()).Split(' ').Length);
        Assert.Equal([false, true], _server.Questions.Select(question => question.IsTcp));
    }

    [Fact]
    public async Task An_alias_is_followed_in_the_answer_and_by_another_question()
    {
        _server.Script = _ => new NameReply(
            NameRecord.Alias(Name, "a.example.org", 5), NameRecord.Alias("a.example.org", "b.example.org", 50),
            NameRecord.Address("b.example.org", "10.0.0.1", 70));
        Assert.Equal("10.0.0.1", await AskAsync());
        Assert.Equal(TimeSpan.FromSeconds(5), (await _queries.AskAsync(Name, QueryType.A, CancellationToken.None)).TimeToLive);

        _server.Change(NameRecord.Alias(Name, "c.example.org"), NameRecord.Address("c.example.org", "10.0.0.2"));
        Assert.Equal("10.0.0.2", await AskAsync());
    }

    [Fact]
    public async Task Aliases_that_go_round_end()
    {
        _server.Change(NameRecord.Alias(Name, "a.example.org"), NameRecord.Alias("a.example.org", Name));
        Assert.Equal("its aliases (CNAME) lead too far", await AskAsync());
    }

    [Fact]
    public async Task Records_of_another_name_are_no_answer()
    {
        _server.Script = _ => new NameReply(NameRecord.Address("other.example.org", "6.6.6.6"));
        Assert.Equal("nobody: it has no such record", await AskAsync());
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_nobody_for_certain()
    {
        Assert.Equal("nobody: the name does not exist", await AskAsync());
        _server.Change(NameRecord.Address(Name, "::1"));
        Assert.Equal("nobody: it has no such record", await AskAsync());
    }

    [Theory]
    [InlineData(2, "a name server answers ServerFailure")]
    [InlineData(5, "a name server answers Refused")]
    public async Task A_server_that_fails_tells_nothing(int code, string expected)
    {
        _server.Script = _ => new NameReply { Code = code };
        Assert.Equal(expected, await AskAsync());
    }

    [Fact]
    public async Task Nonsense_tells_nothing()
    {
        _server.Script = _ => new NameReply(NameRecord.Address(Name, "6.6.6.6")) { HasOtherNumber = true };
        Assert.Equal("no name server answers", await AskAsync());
        _server.Script = _ => new NameReply { Bytes = [1, 2, 3] };
        Assert.Equal("no name server answers", await AskAsync());
        _server.Script = _ => new NameReply(NameRecord.Address(Name, "6.6.6.6")) { OfName = "other.example.org" };
        Assert.Equal("a name server answers another question", await AskAsync());
    }

    [Fact]
    public async Task A_server_that_is_silent_tells_nothing()
    {
        _server.Script = _ => new NameReply { IsSilent = true };
        Assert.Equal("no name server answers", await AskAsync());
    }

    private async Task<string> AskAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var answer = await _queries.AskAsync(Name, QueryType.A, patience.Token);
        return answer.Records.Count > 0
            ? string.Join(' ', answer.Records.OfType<ARecord>().Select(record => record.Address))
            : answer.IsNobody ? $"nobody: {answer.Problem}" : answer.Problem;
    }
}
