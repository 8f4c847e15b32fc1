using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClusterLb.Node.Configuration;

/// <summary>
/// A short name of what every node of a cluster must have the same: pools, routes, limits. Left out is what is a node's own: <c>node</c>,
/// certificates, and the addresses that listeners are bound to.
/// </summary>
internal static class Fingerprint
{
    private const int Length = 12;

    /// <param name="root">The <c>clusterlb</c> block with every default filled in.</param>
    /// <returns>12 hex digits; the same whatever the order of keys, files and spaces.</returns>
    public static string Of(ConfigurationNode root)
    {
        var text = new StringBuilder();
        Write(root, "", text);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..Length];
    }

    private static void Write(ConfigurationNode node, string path, StringBuilder text)
    {
        if (IsOwn(path)) return;
        switch (node)
        {
            case ObjectNode block:
                foreach (var (key, value) in block.Members.OrderBy(member => member.Key, StringComparer.Ordinal)) Write(value, $"{path}.{key}", text);
                break;
            case ListNode list:
                for (var i = 0; i < list.Items.Count; i++) Write(list.Items[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), text);
                break;
            case TextNode value:
                // Lengths, so that no text can look like two.
                text.Append(CultureInfo.InvariantCulture, $"{path.Length}:{path}{value.Text.Length}:{value.Text}");
                break;
        }
    }

    private static bool IsOwn(string path) =>
        path is ".node" or ".cluster.tls" || (path.StartsWith(".listeners.", StringComparison.Ordinal) && path.EndsWith(".bind", StringComparison.Ordinal) && path.Split('.').Length == 4);
}
