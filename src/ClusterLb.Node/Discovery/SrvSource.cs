using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using ClusterLb.ControlPlane.Names;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;
using ClusterLb.Node.Names;
using DnsClient;
using DnsClient.Protocol;

namespace ClusterLb.Node.Discovery;

/// <summary>
/// <c>srv:NAME</c>: every target of the name's SRV records (RFC 2782) is a backend, with the record's port, priority and weight. All
/// addresses of a target are ways to one server.
/// </summary>
/// <param name="name">Asked for.</param>
/// <param name="queries">For the records.</param>
/// <param name="names">For the addresses of targets.</param>
internal sealed class SrvSource(string name, NameQueries queries, INameResolver names) : IBackendSource
{
    private const string Example = "srv:_http._tcp.example.com";
    private const int MostAtOnce = 32;

    /// <summary>Targets of which nobody could tell the addresses the last time: they are the first this time.</summary>
    private HashSet<string> _untold = [];

    /// <summary>
    /// Of a question as a whole: for the records, then for the addresses of targets, with all tries and all name servers. Default 5 s.
    /// </summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public static SourceKind Kind { get; } = new(
        "srv", Example,
        place => SourceKinds.IsHostName(place) ? "" : $"is \"srv:{place}\"; it must be srv:NAME, such as {Example}",
        (place, context) => new SrvSource(place, context.Queries, context.Names));

    public async Task<SourceAnswer> AskAsync(CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Patience);
        var answer = await queries.AskAsync(name, QueryType.SRV, patience.Token);
        stopping.ThrowIfCancellationRequested();
        if (answer.Records.Count == 0) return answer.IsNobody ? new NobodyFound(answer.Problem) : new NoAnswer(answer.Problem);
        var records = answer.Records.OfType<SrvRecord>().ToList();
        if (records.All(record => record.Target.Value == ".")) return new NobodyFound("it says that the service is not offered");
        var services = records.Select(Offer.Of).OfType<Offer>().GroupBy(service => (service.Target, service.Port))
            .Select(same => same.OrderBy(service => service.Priority).ThenByDescending(service => service.Weight).First()).ToList();
        if (services.Count == 0) return new NoAnswer("it has no target that is a host name with a port");
        var answers = await ResolveAsync([.. services.Select(service => service.Target).Distinct()], patience.Token);
        stopping.ThrowIfCancellationRequested();
        var timeToLive = answers.Values.Select(one => one.TimeToLive).Append(_untold.Count > 0 ? RefreshRule.Retry : null).Min();
        return new FoundBackends(
            Weigh(services, answers).ToEquatableList(), timeToLive < answer.TimeToLive ? timeToLive : answer.TimeToLive);
    }

    public void Dispose()
    {
    }

    private static IEnumerable<FoundBackend> Weigh(List<Offer> services, IReadOnlyDictionary<string, NameAnswer> answers)
    {
        foreach (var tier in services.GroupBy(service => service.Priority))
        {
            var weights = ServiceWeights.Of([.. tier.Select(service => service.Weight)]);
            foreach (var (service, weight) in tier.Zip(weights))
            {
                yield return new FoundBackend(service.Target, service.Port, Usable(answers[service.Target]))
                {
                    Priority = service.Priority,
                    Weight = weight,
                };
            }
        }
    }

    /// <summary>Who cannot be reached in time is as one who fails.</summary>
    private async Task<IReadOnlyDictionary<string, NameAnswer>> ResolveAsync(IReadOnlyList<string> targets, CancellationToken patience)
    {
        var answers = new ConcurrentDictionary<string, NameAnswer>();
        await Parallel.ForEachAsync(
            targets.OrderBy(target => _untold.Contains(target) ? 0 : 1), new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce },
            async (target, _) => answers[target] = await names.ResolveAsync(target, patience));
        _untold = [.. answers.Where(one => one.Value is { Addresses.Count: 0, IsNobody: false }).Select(one => one.Key)];
        return answers;
    }

    /// <summary>Of both families, IPv4 first, each in order.</summary>
    private static EquatableList<IPAddress> Usable(NameAnswer answer) => answer.Addresses
        .Where(FoundBackend.IsOfOneMachine).Distinct()
        .OrderBy(address => address.GetAddressBytes().Length)
        .ThenBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal)
        .Take(FoundBackend.MostAddresses).ToEquatableList();

    /// <summary>A record that can be used.</summary>
    private sealed record Offer(string Target, int Port, int Priority, int Weight)
    {
        /// <returns>Null where nobody can connect to what it says.</returns>
        public static Offer? Of(SrvRecord record)
        {
            var target = record.Target.Value.TrimEnd('.').ToLower(CultureInfo.InvariantCulture);
            return record.Port > 0 && SourceKinds.IsHostName(target) ? new(target, record.Port, record.Priority, record.Weight) : null;
        }
    }
}
