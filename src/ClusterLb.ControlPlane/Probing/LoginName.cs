using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>Names that databases know a check by.</summary>
internal static class LoginName
{
    /// <summary>Asked with when none is configured, so that a server's log tells who it was.</summary>
    private const string Default = "clusterlb";

    /// <summary>What PostgreSQL takes of a name (NAMEDATALEN); MySQL takes 32, MariaDB 128 characters.</summary>
    private const int Most = 63;

    /// <summary>Empty = none is configured.</summary>
    public static string Read(IConfigurationBlock health, string key) => Check(health, key, health.Text(key));

    /// <summary>It may be in a file, beside that of its password. Empty = none is configured.</summary>
    public static string ReadUser(IConfigurationBlock health) => Check(health, "user", health.Secret("user").Plain);

    private static string Check(IConfigurationBlock health, string key, string name)
    {
        if (!HttpText.IsVisible(name) || name.Length > Most)
            health.Report(key, $"is \"{name}\"; it must be a name of up to {Most} ASCII characters without spaces, or empty");
        return name;
    }

    public static string OrDefault(string name) => name.Length > 0 ? name : Default;
}
