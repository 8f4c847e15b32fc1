using ClusterLb.ControlPlane.Probing;
using ClusterLb.Core.Balancing;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>
/// What is legal and cannot work as it is meant. Each rule is in a file that is named by what it looks at; a sound configuration gives no
/// warning.
/// </summary>
internal static class ConfigurationWarnings
{
    /// <summary>In the order in which a configuration is written.</summary>
    private static readonly Func<Examined, IEnumerable<ConfigurationProblem>>[] s_rules =
    [
        NodeAddresses.Look, AccessLogs.Look, Ports.Look, Seeds.Look, ClusterProofs.Look, Stores.Look, DnsZones.Look, CookieKeyUse.Look,
        ClientLimits.Look, SizeLimits.Look, TrustedProxies.Look, TcpListeners.Look, RouteHosts.Look, RoutePatterns.Look,
        MatchlessRoutes.Look, HiddenRoutes.Look, UnusedPools.Look, TcpPools.Look, HashKeys.Look, BackendAddresses.Look,
        BackendWeights.Look, HealthTimes.Look, HealthKeys.Look, Ejection.Look, MinimumHealthyCounts.Look, StickyKinds.Look,
        StickyCookies.Look, CookieScopes.Look, Retries.Look, Queues.Look,
    ];

    public static IReadOnlyList<ConfigurationProblem> Of(ConfigurationResult result) =>
        Of(result, Policies.Default, ProbeRegistry.Default);

    /// <param name="result">One with problems has only the warnings that a text alone gives.</param>
    /// <param name="policies">That <c>balance</c> may name.</param>
    /// <param name="probes">That <c>health.type</c> may name.</param>
    public static IReadOnlyList<ConfigurationProblem> Of(ConfigurationResult result, Policies policies, ProbeRegistry probes)
    {
        if (result.Text is not { } text) return [];
        var ofText = RepeatedKeys.Look(text).Concat(NullTexts.Look(text)).Concat(QuotedSubstitutions.Look(text))
            .Concat(SecretFiles.Look(text));
        if (result.Config is not { } config) return [.. ofText];
        var examined = new Examined(config, text, policies, probes);
        return [.. ofText, .. s_rules.SelectMany(rule => rule(examined))];
    }
}
