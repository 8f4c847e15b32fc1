using ClusterLb.Core.Sessions;

namespace ClusterLb.Core.Tests.Sessions;

internal static class Bindings
{
    public const uint Now = 1_000;

    public static Binding Of(ulong session, ulong backend, uint version, uint expires) =>
        new(new SessionKey(session), backend, version, expires);

    /// <summary>A key for each number, over all shards and sets.</summary>
    public static ulong Spread(ulong i) => unchecked(i * 0x9E3779B97F4A7C15);
}
