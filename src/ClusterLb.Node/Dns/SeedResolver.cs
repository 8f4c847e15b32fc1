using System.Collections.Concurrent;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.Core.Configuration;
using DnsClient;
using DnsClient.Protocol;

namespace ClusterLb.Node.Dns;

/// <summary>Looks seeds up at name servers, without a cache of its own beyond the records' time to live.</summary>
/// <param name="logger">Hears why a name does not resolve, once until it does.</param>
/// <param name="options">Which name servers, and how long they may take.</param>
internal sealed class SeedResolver(ILogger logger, LookupClientOptions options) : ISeedResolver
{
    // Made anew when it could not be made: which name servers there are may not be known yet when a machine starts.
    private readonly Lazy<LookupClient> _dns = new(() => new LookupClient(options), LazyThreadSafetyMode.PublicationOnly);
    private readonly ConcurrentDictionary<string, string> _failing = new();

    /// <summary>At the name servers of this machine.</summary>
    public SeedResolver(ILogger logger)
        : this(logger, new LookupClientOptions { Timeout = TimeSpan.FromSeconds(2), Retries = 1, UseCache = true, ThrowDnsErrors = false })
    {
    }

    public async Task<IReadOnlyList<NodeAddress>> ResolveAsync(IReadOnlyList<SeedConfig> seeds)
    {
        var found = new List<NodeAddress>();
        foreach (var seed in seeds) found.AddRange(await ResolveAsync(seed));
        return [.. found.Distinct().Order()];
    }

    private async Task<IReadOnlyList<NodeAddress>> ResolveAsync(SeedConfig seed)
    {
        if (seed.Kind == SeedKind.Node) return [new NodeAddress(seed.Host, seed.Port)];
        try
        {
            var found = seed.Kind == SeedKind.Srv ? await TargetsOfAsync(seed.Host) : await AddressesOfAsync(seed.Host, seed.Port);
            if (found.Count > 0) _failing.TryRemove(seed.Host, out _);
            else Say(seed.Host, "there is no such name, or nothing behind it");
            return found;
        }
        // What a lookup throws (no answer, no socket, no legal name, an answer that cannot be read) has no type in common.
        catch (Exception failure)
        {
            Say(seed.Host, failure.GetBaseException() is OperationCanceledException ? "no answer in time" : failure.GetBaseException().Message);
            return [];
        }
    }

    private void Say(string name, string failure)
    {
        if (_failing.TryAdd(name, failure)) logger.SeedNotResolved(name, failure);
    }

    private async Task<IReadOnlyList<NodeAddress>> AddressesOfAsync(string name, int port)
    {
        var answers = await Task.WhenAll(_dns.Value.QueryAsync(name, QueryType.A), _dns.Value.QueryAsync(name, QueryType.AAAA));
        return [.. answers.SelectMany(answer => answer.Answers.OfType<AddressRecord>()).Select(record => new NodeAddress(record.Address.ToString(), port))];
    }

    private async Task<IReadOnlyList<NodeAddress>> TargetsOfAsync(string name) =>
        [.. (await _dns.Value.QueryAsync(name, QueryType.SRV)).Answers.SrvRecords().Select(record => new NodeAddress(record.Target.Value.TrimEnd('.'), record.Port))];
}

internal static partial class SeedLog
{
    [LoggerMessage(40, LogLevel.Warning, "seed {Name} does not resolve: {Failure}")]
    public static partial void SeedNotResolved(this ILogger logger, string name, string failure);
}
