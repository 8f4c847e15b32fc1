using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Settings of hashing where nothing is hashed, or not by them.</summary>
internal static class HashKeys
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var pool in of.Config.Pools)
        {
            var hash = ConfigurationKey.Of("pools", pool.Name, "hash");
            if (of.Policies.Get(pool.Balance).KeyOf(pool) is not { } source)
            {
                if (of.Text.Has(hash))
                {
                    yield return of.Warn(hash,
                        $"does nothing, for balance = {pool.Balance} does not hash; it must be ip-hash or consistent-hash");
                }

                continue;
            }

            if (source.Kind != pool.Hash.Key && of.Text.Has($"{hash}.key"))
            {
                yield return of.Warn($"{hash}.key",
                    $"does nothing, for balance = {pool.Balance} hashes by {source}; it must be consistent-hash");
            }

            if (pool.Hash.Algorithm == HashAlgorithm.Maglev && of.Text.Has($"{hash}.virtual-nodes"))
                yield return of.Warn($"{hash}.virtual-nodes", "does nothing, for it is of rings; algorithm must be ring");
        }
    }
}
