using System.Net;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.Core.Configuration;
using DnsClient;
using DnsClient.Protocol;

namespace ClusterLb.Node.Dns;

/// <summary>Looks seeds up at the name servers of this machine, without a cache of its own beyond the records' time to live.</summary>
internal sealed class SeedResolver(ILogger logger) : ISeedResolver
{
    private readonly Lazy<LookupClient> _dns = new(() => new LookupClient(new LookupClientOptions { Timeout = TimeSpan.FromSeconds(2), Retries = 1, UseCache = true, ThrowDnsErrors = false }));

    public async Task<IReadOnlyList<NodeAddress>> ResolveAsync(IReadOnlyList<SeedConfig> seeds)
    {
        var found = new List<NodeAddress>();
        foreach (var seed in seeds) found.AddRange(await ResolveAsync(seed));
        return [.. found.Distinct().Order()];
    }

    private async Task<IEnumerable<NodeAddress>> ResolveAsync(SeedConfig seed)
    {
        if (seed.Kind == SeedKind.Node) return [new NodeAddress(seed.Host, seed.Port)];
        try
        {
            return seed.Kind == SeedKind.Srv ? await TargetsOfAsync(seed.Host) : (await AddressesOfAsync(seed.Host)).Select(address => new NodeAddress(address.ToString(), seed.Port));
        }
        catch (DnsResponseException failure)
        {
            logger.SeedNotResolved(seed.Host, failure.Message);
            return [];
        }
    }

    private async Task<IEnumerable<IPAddress>> AddressesOfAsync(string name)
    {
        var answers = await Task.WhenAll(_dns.Value.QueryAsync(name, QueryType.A), _dns.Value.QueryAsync(name, QueryType.AAAA));
        return answers.SelectMany(answer => answer.Answers.OfType<AddressRecord>()).Select(record => record.Address);
    }

    private async Task<IEnumerable<NodeAddress>> TargetsOfAsync(string name) =>
        (await _dns.Value.QueryAsync(name, QueryType.SRV)).Answers.SrvRecords().Select(record => new NodeAddress(record.Target.Value.TrimEnd('.'), record.Port));
}

internal static partial class SeedLog
{
    [LoggerMessage(40, LogLevel.Warning, "seed {Name} does not resolve: {Failure}")]
    public static partial void SeedNotResolved(this ILogger logger, string name, string failure);
}
