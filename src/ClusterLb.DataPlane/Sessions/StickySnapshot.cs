using ClusterLb.Core.Sessions;

namespace ClusterLb.DataPlane.Sessions;

/// <summary><see cref="StickyCounters"/> of all loops.</summary>
/// <param name="Sources">By <see cref="SessionSource"/>.</param>
/// <param name="BadCookies">By <see cref="CookieStatus"/>.</param>
/// <param name="Unremembered">Sessions of clients that began too many.</param>
public sealed record StickySnapshot(IReadOnlyList<long> Sources, IReadOnlyList<long> BadCookies, long Unremembered, long Diverted,
    long Moved)
{
    /// <summary>Null for a pool without sessions.</summary>
    internal static StickySnapshot? Of(StickyCounters[] loops) => loops.Length == 0 ? null : new(
        Sum(loops, loop => loop.Sources), Sum(loops, loop => loop.BadCookies),
        loops.Sum(loop => Volatile.Read(ref loop.Unremembered)),
        loops.Sum(loop => Volatile.Read(ref loop.Diverted)),
        loops.Sum(loop => Volatile.Read(ref loop.Moved)));

    private static long[] Sum(StickyCounters[] loops, Func<StickyCounters, long[]> cells) =>
        [.. Enumerable.Range(0, cells(loops[0]).Length).Select(i => loops.Sum(loop => Volatile.Read(ref cells(loop)[i])))];
}
