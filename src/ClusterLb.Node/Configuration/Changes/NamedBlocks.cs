using System.Reflection;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration.Changes;

/// <summary>Which properties of a configuration are blocks, and which hold blocks with names; and what those are called.</summary>
internal static class NamedBlocks
{
    public static bool IsBlock(object value) => value is not ProbeOptions && value.GetType().GetMethod("<Clone>$") is not null;

    public static bool IsNamed(PropertyInfo property) => property.PropertyType.GenericTypeArguments is [var item]
        && (item == typeof(ListenerConfig) || item == typeof(PoolConfig) || item == typeof(BackendConfig) || item == typeof(RouteConfig)
            || item == typeof(SourceConfig) || item == typeof(CookieKeyConfig));

    public static string NameOf(object item) => item switch
    {
        ListenerConfig listener => listener.Name,
        PoolConfig pool => pool.Name,
        BackendConfig backend => backend.Name,
        SourceConfig source => source.Name,
        RouteConfig route => route.Name,
        _ => ((CookieKeyConfig)item).Id,
    };

    /// <param name="path">Of what holds it.</param>
    public static string KeyOf(string path, object item) => $"{path}.{ConfigurationKey.Of(NameOf(item))}";
}
