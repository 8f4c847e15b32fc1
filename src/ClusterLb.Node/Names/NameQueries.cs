using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;

namespace ClusterLb.Node.Names;

/// <summary>
/// The node's one client of name servers: every question from a port of its own, with room for answers of 1,232 bytes (the size that fits
/// any path, DNS flag day 2020), and by TCP where an answer does not fit. CNAMEs are followed. Any thread.
/// </summary>
/// <param name="nameServers">Empty: those of this machine.</param>
internal sealed class NameQueries(IReadOnlyList<IPEndPoint> nameServers)
{
    private const int AnswerBytes = 1_232;
    private const int MostAliases = 8;

    /// <summary>Of one try with one name server.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    private readonly Lazy<LookupClient> _client = new(() => CreateClient(nameServers), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>False = this machine is asked as any program asks it.</summary>
    public bool HasServers => nameServers.Count > 0;

    /// <summary>How name servers are asked, whatever for. Answers are kept for as long as they say.</summary>
    /// <param name="nameServers">Empty: those of this machine.</param>
    public static LookupClientOptions OptionsFor(IReadOnlyList<IPEndPoint> nameServers)
    {
        var options = nameServers.Count == 0 ? new LookupClientOptions() : new LookupClientOptions([.. nameServers]);
        (options.Timeout, options.Retries, options.ThrowDnsErrors) = (s_timeout, 1, false);
        // That there is no record of a kind is an answer: asking on would make it depend on the next name server.
        (options.ContinueOnEmptyResponse, options.UseCache) = (false, true);
        options.ExtendedDnsBufferSize = AnswerBytes;
        return options;
    }

    /// <summary>One that keeps nothing: who asks here says how long answers hold.</summary>
    private static LookupClient CreateClient(IReadOnlyList<IPEndPoint> nameServers)
    {
        var options = OptionsFor(nameServers);
        options.UseCache = false;
        return new LookupClient(options);
    }

    /// <summary>Asks for the records of a name, wherever its CNAMEs lead. Never throws.</summary>
    /// <param name="type">A, AAAA or SRV.</param>
    /// <param name="patience">With all tries.</param>
    public async Task<NameRecords> AskAsync(string name, QueryType type, CancellationToken patience)
    {
        try
        {
            return await FollowAsync(name, type, patience);
        }
        catch (Exception failure) when (
            failure is OperationCanceledException or SocketException or IOException or DnsResponseException or DnsXidMismatchException
            or DnsResponseParseException)
        {
            return NameRecords.None("no name server answers");
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            return NameRecords.None(failure.Message.ReplaceLineEndings(" "));
        }
    }

    private async Task<NameRecords> FollowAsync(string name, QueryType type, CancellationToken patience)
    {
        var (owner, shortest) = (name, int.MaxValue);
        for (var aliases = 0; aliases <= MostAliases; aliases++)
        {
            var response = await _client.Value.QueryAsync(owner, type, cancellationToken: patience);
            if (response.Header.ResponseCode is not (DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain))
                return NameRecords.None($"a name server answers {response.Header.ResponseCode}");
            if (!response.Questions.Any(question => question.QuestionType == type && IsName(question.QueryName, owner)))
                return NameRecords.None("a name server answers another question");
            var asked = owner;
            while (AliasOf(response, owner) is { } alias && aliases++ < MostAliases)
                (owner, shortest) = (alias.CanonicalName.Value, Math.Min(shortest, alias.InitialTimeToLive));
            var records = response.Answers
                .Where(record => (int)record.RecordType == (int)type && IsName(record.DomainName, owner)).ToList();
            if (records.Count > 0)
            {
                shortest = Math.Min(shortest, records.Min(record => record.InitialTimeToLive));
                return new NameRecords(records, TimeSpan.FromSeconds(shortest), IsNobody: false, "");
            }

            if (AliasOf(response, owner) is not null) break;
            var doesNotExist = response.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain;
            // Who has told an alias alone may only know that one.
            if (doesNotExist || owner == asked)
                return NameRecords.None(doesNotExist ? "the name does not exist" : NameRecords.NoSuchRecord) with { IsNobody = true };
        }

        return NameRecords.None("its aliases (CNAME) lead too far");
    }

    private static CNameRecord? AliasOf(IDnsQueryResponse response, string owner) =>
        response.Answers.OfType<CNameRecord>().FirstOrDefault(record => IsName(record.DomainName, owner));

    private static bool IsName(DnsString one, string other) =>
        one.Value.AsSpan().TrimEnd('.').Equals(other.AsSpan().TrimEnd('.'), StringComparison.OrdinalIgnoreCase);
}

/// <summary>What name servers say of a name and a type of record.</summary>
/// <param name="Records">Of the type asked for; empty = there is a problem.</param>
/// <param name="TimeToLive">The shortest on the way.</param>
/// <param name="IsNobody">It is certain that there are none; else nobody could tell.</param>
/// <param name="Problem">Why there are none, in a few words; else empty.</param>
internal sealed record NameRecords(IReadOnlyList<DnsResourceRecord> Records, TimeSpan TimeToLive, bool IsNobody, string Problem)
{
    public const string NoSuchRecord = "it has no such record";

    public static NameRecords None(string problem) => new([], TimeSpan.Zero, IsNobody: false, problem);
}
