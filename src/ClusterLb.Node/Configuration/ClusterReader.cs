using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.Core.Configuration;

namespace ClusterLb.Node.Configuration;

/// <summary>Reads <c>cluster { ... }</c>.</summary>
internal static class ClusterReader
{
    private const string LegalSeed =
        "HOST:PORT for one node, dns:NAME:PORT for every address of a name, or srv:NAME for every target of an SRV record";

    private const string LegalNameServer = "an IP address with or without a port, such as 10.0.0.2, 127.0.0.1:5353 or [::1]:53";

    public static ClusterConfig Read(ConfigurationSection section)
    {
        var cluster = new ClusterConfig
        {
            Seeds = section.List("seeds", text => (ParseSeed(text) is not null, ParseSeed(text)!), LegalSeed),
            NameServers = section.List("name-servers",
                text => (EndPoints.ParseNameServer(text) is not null, EndPoints.ParseNameServer(text)!), LegalNameServer),
            Profile = section.Choice("profile", ("balanced", ClusterProfile.Balanced), ("fast", ClusterProfile.Fast)),
            Tls = ReadTls(section.Child("tls")),
            SecretFile = section.File("secret-file"),
            Secret = section.Text("secret"),
            MaxHandshakes = section.Integer("max-handshakes", 8, 65_536),
            MaxHandshakesPerAddress = section.Integer("max-handshakes-per-address", 1, 65_536),
        };
        foreach (var twice in cluster.Seeds.GroupBy(seed => seed).Where(group => group.Count() > 1))
            section.Report("seeds", $"{twice.Key.Host} is in it twice; each seed counts once");
        if (cluster.Seeds.Count > 0) CheckSecret(section, cluster);
        section.RejectUnknown();
        return cluster;
    }

    /// <summary>One that is made at the first start need not be there yet.</summary>
    private static void CheckSecret(ConfigurationSection section, ClusterConfig cluster)
    {
        if (!cluster.Secret.IsNone)
        {
            if (cluster.SecretFile.Length > 0) section.Report("secret-file", "is given beside secret; a secret has one place");
            if (Encoding.UTF8.GetByteCount(cluster.Secret.Plain) < ClusterSecretFile.Least)
            {
                section.Report("secret", string.Create(CultureInfo.InvariantCulture,
                    $"is too short; it must have {ClusterSecretFile.Least} bytes or more, such as the output of: openssl rand -hex 32"));
            }

            return;
        }

        var file = ClusterSecrets.FileOf(cluster);
        if (file.Length == 0)
        {
            if (!cluster.Tls.IsOn)
            {
                section.Report("secret-file",
                    "is empty, and this user has no folder for one (HOME is not set); name a file that only this user can read");
            }

            return;
        }

        if (cluster.SecretFile.Length == 0 && !File.Exists(file)) return;
        try
        {
            ClusterSecretFile.Read(file);
        }
        catch (ClusterSecretException failure)
        {
            section.Report("secret-file", failure.Message);
        }
    }

    private static SeedConfig? ParseSeed(string text)
    {
        if (text.StartsWith("srv:", StringComparison.Ordinal))
        {
            return IsHost(text[4..])
                ? new SeedConfig(SeedKind.Srv, text[4..], 0)
                : null;
        }

        var isName = text.StartsWith("dns:", StringComparison.Ordinal);
        var place = isName ? text[4..] : text;
        var colon = place.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(place[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535)
        {
            return null;
        }

        var host = place[..colon].TrimStart('[').TrimEnd(']');
        return IsHost(host) ? new SeedConfig(isName ? SeedKind.Dns : SeedKind.Node, host, port) : null;
    }

    /// <summary>A name or an address: neither several, nor the URL that they may be part of.</summary>
    private static bool IsHost(string text) => text.Length > 0
        && (IPAddress.TryParse(text, out _) || text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));

    private static ClusterTlsConfig ReadTls(ConfigurationSection section)
    {
        var tls = new ClusterTlsConfig { Certificate = section.File("certificate"), Key = section.File("key"), Ca = section.File("ca") };
        section.RejectUnknown();
        (string Key, string File)[] files = [("certificate", tls.Certificate), ("key", tls.Key), ("ca", tls.Ca)];
        if (files.All(file => file.File.Length == 0)) return tls;
        var isWhole = true;
        foreach (var (key, file) in files)
        {
            if (file.Length > 0 && FilePaths.IsFile(file)) continue;
            section.Report(key, file.Length == 0
                ? "is missing; certificate, key and ca go together"
                : $"\"{file}\" is no file; it must be a PEM file");
            isWhole = false;
        }

        if (isWhole) CheckCertificate(section, tls);
        return tls;
    }

    private static void CheckCertificate(ConfigurationSection section, ClusterTlsConfig tls)
    {
        try
        {
            if (!ClusterTls.IsUsable(tls))
                section.Report("certificate", $"\"{tls.Certificate}\" is not signed by the authority in {tls.Ca}, or not valid now");
        }
        catch (Exception failure) when (
            failure is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            section.Report("certificate",
                $"\"{tls.Certificate}\" with key \"{tls.Key}\" cannot be used: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
