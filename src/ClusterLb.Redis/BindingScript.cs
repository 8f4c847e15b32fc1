using System.Globalization;
using ClusterLb.Core.Sessions;
using StackExchange.Redis;

namespace ClusterLb.Redis;

/// <summary>
/// What <see cref="BindingTable.Put"/> does, done by Redis at once for one key. Called by its hash; the client sends the text where it is
/// not known yet.
/// </summary>
internal static class BindingScript
{
    // Backends compare as text, because the numbers of Lua have 53 bits; their digits are as many and lower-case, so the order is the same.
    private const string Text =
        """
        local held = redis.pcall('GET', KEYS[1])
        if type(held) == 'string' then
          local version, backend, expires = string.match(held, '^(%d+):(%x+):(%d+)$')
          if version and tonumber(expires) > tonumber(ARGV[5]) then
            local older = tonumber(version) - tonumber(ARGV[1])
            if ARGV[6] == '1' then return held end
            if older > 0 or (older == 0 and backend > ARGV[2]) then return held end
            if older == 0 and backend == ARGV[2] and tonumber(expires) >= tonumber(ARGV[3]) then return held end
          end
        end
        local text = ARGV[1] .. ':' .. ARGV[2] .. ':' .. ARGV[3]
        redis.call('SET', KEYS[1], text, 'PX', ARGV[4])
        return text
        """;

    /// <summary>Replaces what it overrules or what has expired, renews what it equals.</summary>
    /// <returns>The text of the binding that counts now.</returns>
    public static Task<RedisResult> PutAsync(IDatabase database, RedisKey key, in Binding binding, uint nowSeconds) =>
        RunAsync(database, key, binding, nowSeconds, isClaim: false);

    /// <summary>Replaces only what has expired.</summary>
    /// <returns>The text of the binding that counts now.</returns>
    public static Task<RedisResult> ClaimAsync(IDatabase database, RedisKey key, in Binding binding, uint nowSeconds) =>
        RunAsync(database, key, binding, nowSeconds, isClaim: true);

    private static Task<RedisResult> RunAsync(IDatabase database, RedisKey key, in Binding binding, uint nowSeconds, bool isClaim) =>
        database.ScriptEvaluateAsync(
        Text,
        [key],
        [
            (long)binding.Version, binding.Backend.ToString("x16", CultureInfo.InvariantCulture), (long)binding.ExpiresAt,
            (long)BindingText.TimeToLive(binding, nowSeconds).TotalMilliseconds, (long)nowSeconds, isClaim ? 1 : 0,
        ],
        CommandFlags.DemandMaster);
}
