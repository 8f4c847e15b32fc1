using System.Globalization;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Ejection that can never happen.</summary>
internal static class Ejection
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of)
    {
        foreach (var pool in of.Config.Pools)
        {
            var (passive, block) = (pool.Passive, ConfigurationKey.Of("pools", pool.Name, "passive"));
            if (passive is { Failures: 0, Status.Count: > 0 })
                yield return of.Warn($"{block}.status", "counts nothing, for passive.failures = 0 ejects nobody; it must be 1 or more");
            // The only backend is never ejected, whatever is set.
            var serving = pool.Backends.Count(backend => backend.Weight > 0);
            if (passive.Failures == 0 || serving < 2 || passive.MaxEjectedPercent * serving >= 100) continue;
            yield return of.Warn($"{block}.max-ejected-percent", string.Create(CultureInfo.InvariantCulture,
                $"is {passive.MaxEjectedPercent}, less than one backend of {serving}, so none is ever ejected; "
                + $"it must be {(99 + serving) / serving} or more, or passive.failures must be 0"));
        }
    }
}
