using System.Globalization;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Warnings;

/// <summary>Where routes stand.</summary>
internal static class RouteKeys
{
    /// <param name="index">Of the route in the file.</param>
    /// <param name="key">Of the route; empty = the route itself.</param>
    public static string Of(ListenerConfig listener, int index, string key = "")
    {
        var route = string.Create(CultureInfo.InvariantCulture, $"{ConfigurationKey.Of("listeners", listener.Name)}.routes[{index}]");
        return key.Length == 0 ? route : $"{route}.{key}";
    }
}
