using System.Collections.Immutable;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Core.Reload;

/// <summary>
/// What came of asking every node for its files: pure. All of them have to offer the same, or nobody switches.
/// </summary>
/// <param name="First">The node that asks, whose files the others are compared with.</param>
/// <param name="Nodes">Everybody who is asked, by name, the first one included.</param>
/// <param name="Offers">Of those that answered, by name.</param>
public sealed record ReloadRound(string First, EquatableList<string> Nodes, ImmutableDictionary<string, ReloadOffer> Offers)
{
    public static ReloadRound Of(string first, IEnumerable<string> nodes) =>
        new(first, nodes.ToEquatableList(), ImmutableDictionary<string, ReloadOffer>.Empty);

    /// <summary>Everybody has answered.</summary>
    public bool IsComplete => Nodes.All(Offers.ContainsKey);

    /// <summary>There is something to switch to.</summary>
    public bool HasChanges => Offers.Values.Any(offer => offer.Changes.Count > 0);

    /// <summary>What all would have the same; empty while the first node has offered nothing.</summary>
    public string Fingerprint => Offers.GetValueOrDefault(First)?.Fingerprint ?? "";

    /// <summary>What all would be at.</summary>
    public ReloadEpoch Next => new(Offers.Values.Select(offer => offer.Epoch).DefaultIfEmpty().Max() + 1, Fingerprint);

    /// <summary>Who was not asked, or has answered already, is not heard.</summary>
    public ReloadRound With(string node, ReloadOffer offer) =>
        Nodes.Contains(node) && !Offers.ContainsKey(node) ? this with { Offers = Offers.Add(node, offer) } : this;

    /// <summary>Who and why, one line each, once nobody is waited for any more; none = all may switch.</summary>
    /// <param name="waited">For how long, in words.</param>
    public IReadOnlyList<string> Refusals(string waited) => [.. Nodes.SelectMany(node => RefusalsOf(node, waited))];

    private IEnumerable<string> RefusalsOf(string node, string waited)
    {
        if (!Offers.TryGetValue(node, out var offer)) return [$"{node}: did not answer within {waited}"];
        if (offer.Problems.Count > 0) return offer.Problems.Select(problem => $"{node}: {problem}");
        if (offer.Fingerprint == Fingerprint || Fingerprint.Length == 0) return [];
        var keys = offer.Keys.Count == 0 ? [] : KeyComparison.Tell(First, node, Offers[First].Keys, offer.Keys);
        return keys.Count > 0
            ? keys.Select(line => $"{node}: {line}")
            : [$"{node}: its files are another configuration, {offer.Fingerprint}, than those of {First}, {Fingerprint}"];
    }
}
