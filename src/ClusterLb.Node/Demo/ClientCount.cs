using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace ClusterLb.Node.Demo;

/// <summary>What came of a client's requests since it began.</summary>
/// <param name="Requests">All of them.</param>
/// <param name="Failed">Without an answer of 200, also when they were sent again.</param>
/// <param name="SentAgain">Their connection broke; they may have been served then.</param>
/// <param name="ByBackend">How many each backend answered, by the name that it gives itself.</param>
/// <param name="Trouble">Why the last one failed; empty when none did.</param>
internal sealed record ClientCount(long Requests, long Failed, long SentAgain, ImmutableSortedDictionary<string, long> ByBackend,
    string Trouble)
{
    /// <summary>One line: what the name stands for, what came of the requests since <paramref name="before"/>, and of all.</summary>
    public string Tell(string name, IReadOnlyList<IPAddress> addresses, ClientCount before)
    {
        var backends = ByBackend.Select(one => (one.Key, Count: one.Value - before.ByBackend.GetValueOrDefault(one.Key)))
            .Where(one => one.Count > 0).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Count}"));
        var trouble = Failed > before.Failed ? $" ({Trouble})" : "";
        var nodes = addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal).DefaultIfEmpty("nobody");
        return string.Create(CultureInfo.InvariantCulture,
            $"{name} is {string.Join(' ', nodes)}; {Requests - before.Requests} requests, {Failed - before.Failed} failed{trouble}; ")
            + $"{string.Join(", ", backends.DefaultIfEmpty("no backend"))}; "
            + string.Create(CultureInfo.InvariantCulture, $"in all {Requests}, {Failed} failed, {SentAgain} sent again");
    }
}
