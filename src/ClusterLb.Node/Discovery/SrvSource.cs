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

    /// <summary>With all tries and all name servers.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>The last good addresses of targets, the one that stands for the server first. One question at a time.</summary>
    private Dictionary<string, EquatableList<IPAddress>> _addresses = [];

    public static SourceKind Kind { get; } = new(
        "srv", Example,
        place => SourceKinds.IsHostName(place) ? "" : $"is \"srv:{place}\"; it must be srv:NAME, such as {Example}",
        (place, context) => new SrvSource(place, context.Queries, context.Names));

    public async Task<SourceAnswer> AskAsync(CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(s_patience);
        var answer = await queries.AskAsync(name, QueryType.SRV, patience.Token);
        stopping.ThrowIfCancellationRequested();
        if (answer.Records.Count == 0) return answer.IsNobody ? new NobodyFound(answer.Problem) : new NoAnswer(answer.Problem);
        var records = answer.Records.OfType<SrvRecord>().ToList();
        if (records.All(record => record.Target.Value == ".")) return new NobodyFound("it says that the service is not offered");
        var services = records.Select(Offer.Of).OfType<Offer>().DistinctBy(service => (service.Target, service.Port)).ToList();
        if (services.Count == 0) return new NoAnswer("it has no target that is a host name with a port");
        var (addresses, timeToLive) = await ResolveAsync([.. services.Select(service => service.Target).Distinct()], stopping);
        return new FoundBackends(Weigh(services, addresses).ToEquatableList(), Min(answer.TimeToLive, timeToLive));
    }

    public void Dispose()
    {
    }

    private static IEnumerable<FoundBackend> Weigh(List<Offer> services, Dictionary<string, EquatableList<IPAddress>> addresses)
    {
        foreach (var tier in services.GroupBy(service => service.Priority))
        {
            var weights = ServiceWeights.Of([.. tier.Select(service => service.Weight)]);
            foreach (var (service, weight) in tier.Zip(weights))
            {
                yield return new FoundBackend(service.Target, service.Port, addresses[service.Target])
                {
                    Priority = service.Priority,
                    Weight = weight,
                };
            }
        }
    }

    /// <summary>A target that cannot be looked up now keeps the addresses that it had.</summary>
    private async Task<(Dictionary<string, EquatableList<IPAddress>> Addresses, TimeSpan? TimeToLive)> ResolveAsync(
        IReadOnlyList<string> targets, CancellationToken stopping)
    {
        var answers = new List<NameAnswer>();
        foreach (var some in targets.Chunk(MostAtOnce))
            answers.AddRange(await Task.WhenAll(some.Select(target => names.ResolveAsync(target, stopping))));
        stopping.ThrowIfCancellationRequested();
        _addresses = targets.Zip(answers).ToDictionary(
            one => one.First, one => Merge(_addresses.GetValueOrDefault(one.First), one.Second));
        return (_addresses, answers.Select(answer => answer.TimeToLive).Aggregate((TimeSpan?)null, Min));
    }

    private static EquatableList<IPAddress> Merge(EquatableList<IPAddress> before, NameAnswer answer)
    {
        var after = answer.Addresses.Where(FoundBackend.IsOfOneMachine).Distinct()
            .OrderBy(address => before.Count > 0 && address.Equals(before[0]) ? 0 : 1)
            .ThenBy(address => address.GetAddressBytes().Length)
            .ThenBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal).ToEquatableList();
        return after.Count > 0 ? after : before;
    }

    private static TimeSpan? Min(TimeSpan? one, TimeSpan? other) => one is { } a && other is { } b ? (a < b ? a : b) : one ?? other;

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
