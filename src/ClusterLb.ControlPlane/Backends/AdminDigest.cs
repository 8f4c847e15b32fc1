using System.Globalization;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Numerics;

namespace ClusterLb.ControlPlane.Backends;

/// <summary>
/// What operators want in 64 bits, by which nodes see whether they know the same: pure. Every release counts these fields and no others, or
/// nodes of two releases would never agree; a field to come needs a digest of its own.
/// </summary>
internal static class AdminDigest
{
    /// <summary>Whatever the order; 0 = nobody has ever wanted anything.</summary>
    public static ulong Of(IEnumerable<AdminIntent> intents) => intents.Aggregate(0UL, (digest, intent) => digest ^ Of(intent));

    /// <param name="intent">Null = nothing, 0.</param>
    public static ulong Of(AdminIntent? intent) => intent is null ? 0 : StableHash.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"{intent.Backend} {(int)intent.State} {intent.Weight} {intent.DeadlineUtcMilliseconds} "
            + $"{intent.SinceUtcMilliseconds} {intent.Version} {intent.Node}"));

    /// <summary>Of a drain's mode, which the other digest does not count: the mode came later (docs/wire.md, rule 7).</summary>
    /// <param name="intent">Null, or one that leaves sessions where they are = 0.</param>
    public static ulong OfMode(AdminIntent? intent) => intent is not { MovesSessions: true } ? 0 : StableHash.Of(string.Create(
        CultureInfo.InvariantCulture, $"{intent.Backend} {intent.Version} moves"));
}
