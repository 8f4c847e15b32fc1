using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Names;
using DnsClient;
using DnsClient.Protocol;

namespace ClusterLb.Node.Seeds;

/// <summary>
/// Looks seeds up at name servers, without a cache beyond the records' time to live. A name that does not exist stands for nobody; a name
/// server that fails changes nothing, for most of the seeds are counted over all of them: with some left out, a minority would look like
/// most.
/// </summary>
/// <param name="nameServers">Empty: those of this machine.</param>
/// <param name="logger">What seeds stand for, when it changes.</param>
internal sealed class SeedResolver(IReadOnlyList<IPEndPoint> nameServers, ILogger logger) : ISeedResolver
{
    /// <summary>With all tries and all name servers.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Lazy<LookupClient> _dns =
        new(() => new LookupClient(NameQueries.OptionsFor(nameServers)), LazyThreadSafetyMode.PublicationOnly);
    private readonly ConcurrentDictionary<SeedConfig, Lookup> _last = new();

    /// <returns>Nobody until every seed has been looked up once.</returns>
    public async Task<IReadOnlyList<NodeAddress>> ResolveAsync(IReadOnlyList<SeedConfig> seeds)
    {
        var lookups = await Task.WhenAll(seeds.Select(ResolveAsync));
        return lookups.Any(lookup => lookup.Nodes is null) ? [] : [.. lookups.SelectMany(lookup => lookup.Nodes!).Distinct().Order()];
    }

    private async Task<Lookup> ResolveAsync(SeedConfig seed)
    {
        if (seed.Kind == SeedKind.Node) return new Lookup([new NodeAddress(seed.Host, seed.Port)], "");
        var last = _last.GetValueOrDefault(seed, new Lookup(null, ""));
        var lookup = await AskAsync(seed);
        lookup = lookup with { Nodes = lookup.Nodes ?? last.Nodes };
        _last[seed] = lookup;
        if (lookup.Trouble.Length > 0 && lookup.Trouble != last.Trouble) logger.SeedNotResolved(seed.Host, lookup.Trouble, lookup.Text);
        else if (lookup.Trouble.Length == 0 && lookup.Text != last.Text) logger.SeedResolved(seed.Host, lookup.Text);
        return lookup;
    }

    private async Task<Lookup> AskAsync(SeedConfig seed)
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            return seed.Kind == SeedKind.Srv ? await TargetsOfAsync(seed, patience.Token) : await AddressesOfAsync(seed, patience.Token);
        }
        catch (Exception failure) when (
            failure is OperationCanceledException or DnsResponseException or DnsXidMismatchException or DnsResponseParseException
            or SocketException or IOException)
        {
            return new Lookup(null, "no name server answers");
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            return new Lookup(null, failure.Message.ReplaceLineEndings(" "));
        }
    }

    private async Task<Lookup> AddressesOfAsync(SeedConfig seed, CancellationToken patience)
    {
        var answers = await Task.WhenAll(new[] { QueryType.A,
            QueryType.AAAA }.Select(type => _dns.Value.QueryAsync(seed.Host, type, cancellationToken: patience)));
        var addresses = answers.SelectMany(answer => answer.Answers.OfType<AddressRecord>());
        return Lookup.Of(answers, addresses.Select(record => new NodeAddress(record.Address.ToString(), seed.Port)), "it has no address");
    }

    private async Task<Lookup> TargetsOfAsync(SeedConfig seed, CancellationToken patience)
    {
        var answer = await _dns.Value.QueryAsync(seed.Host, QueryType.SRV, cancellationToken: patience);
        return Lookup.Of([answer],
            answer.Answers.SrvRecords().Select(record => new NodeAddress(record.Target.Value.TrimEnd('.'), record.Port)),
            "it has no SRV record");
    }

    /// <summary>What became of a seed.</summary>
    /// <param name="Nodes">Null while nobody could tell.</param>
    /// <param name="Trouble">Empty when there is none.</param>
    private sealed record Lookup(IReadOnlyList<NodeAddress>? Nodes, string Trouble)
    {
        public string Text => Nodes switch { null => "not known", [] => "nobody", _ => string.Join(", ", Nodes) };

        public static Lookup Of(IReadOnlyList<IDnsQueryResponse> answers, IEnumerable<NodeAddress> nodes, string whenEmpty)
        {
            if (answers.FirstOrDefault(answer =>
                answer.Header.ResponseCode is not (DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain)) is { } failed)
            {
                return new Lookup(null, $"a name server answers {failed.Header.ResponseCode}");
            }

            IReadOnlyList<NodeAddress> sorted = [.. nodes.Order()];
            if (sorted.Count > 0) return new Lookup(sorted, "");
            return new Lookup(sorted, answers.All(answer => answer.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
                ? "the name does not exist"
                : whenEmpty);
        }
    }
}

internal static partial class SeedLog
{
    [LoggerMessage(60, LogLevel.Warning, "seed {Name} does not resolve: {Failure}; its nodes are {Nodes}")]
    public static partial void SeedNotResolved(this ILogger logger, string name, string failure, string nodes);

    [LoggerMessage(61, LogLevel.Information, "seed {Name} is {Nodes}")]
    public static partial void SeedResolved(this ILogger logger, string name, string nodes);
}
