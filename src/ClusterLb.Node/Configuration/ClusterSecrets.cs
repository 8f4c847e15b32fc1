using System.Text;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>What a node proves itself with to others, as its configuration and its environment say.</summary>
internal static class ClusterSecrets
{
    /// <summary>The file with the secret; empty when there is none to ask for, or no place for one.</summary>
    public static string FileOf(ClusterConfig cluster)
    {
        if (cluster.SecretFile.Length > 0) return cluster.SecretFile;
        return cluster.Tls.IsOn ? "" : ClusterSecretFile.DefaultPath(Environment.GetEnvironmentVariable);
    }

    /// <summary>For the cluster port; made when it is the automatic one and not there. Empty when none is asked for.</summary>
    /// <exception cref="ClusterSecretException">It can be neither read nor made.</exception>
    public static byte[] Load(ClusterConfig cluster)
    {
        if (cluster.Seeds.Count > 0 && !cluster.Secret.IsNone) return Encoding.UTF8.GetBytes(cluster.Secret.Plain);
        if (cluster.Seeds.Count == 0 || FileOf(cluster) is not { Length: > 0 } file) return [];
        return cluster.SecretFile.Length > 0 ? ClusterSecretFile.Read(file) : ClusterSecretFile.ReadOrMake(file);
    }
}
