using System.Reflection;

namespace ClusterLb.Node.Lifecycle;

/// <summary>What was built.</summary>
internal static class ProductVersion
{
    private static readonly string[] s_parts =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown")
        .Split('+', 2);

    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Text => s_parts[0];

    /// <summary>Of the source; empty when the build did not say.</summary>
    public static string Revision => s_parts.Length > 1 ? s_parts[1] : "";
}
