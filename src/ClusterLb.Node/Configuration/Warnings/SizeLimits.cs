using System.Globalization;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Limits of a request that another of them comes before.</summary>
internal static class SizeLimits
{
    public static IEnumerable<ConfigurationProblem> Look(Examined of) => of.Config.Listeners
        .Select(listener => (Key: ConfigurationKey.Of("listeners", listener.Name, "limits", "target"), listener.Limits))
        .Where(one => one.Limits.TargetBytes > one.Limits.HeadBytes && of.Text.Has(one.Key))
        .Select(one => of.Warn(one.Key, string.Create(CultureInfo.InvariantCulture,
            $"allows {one.Limits.TargetBytes} bytes, but a head, in which the target is, has {one.Limits.HeadBytes} at most; "
            + $"it must be less, or limits.head more")));
}
