using System.Security.Cryptography;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Configuration.Changes;
using ClusterLb.Node.Dns;
using ClusterLb.Node.Logging;
using ClusterLb.Node.Reload;

namespace ClusterLb.Node.Hosting;

/// <summary>What of a node follows another configuration, in the order in which it does: routes come before who brings requests.</summary>
internal static class ReloadParts
{
    private const string Certificate = "cluster.tls.certificate";

    public static IReadOnlyList<ReloadPart> Of(
        NodeLogs logs, AccessLogOutput accessLog, DesiredTable table, NodeNames dns, DataPlaneHost dataPlane,
        ControlPlaneHost controlPlane) =>
    [
        OfControlPlane(controlPlane),
        ReloadPart.Of(desired => logs.Follow(desired.Node.Log)),
        OfAccessLog(accessLog, dataPlane, logs.Factory.CreateLogger("clusterlb")),
        OfTable(table),
        OfDns(dns),
        OfListeners(dataPlane),
    ];

    private static ReloadPart OfControlPlane(ControlPlaneHost controlPlane) => new(desired =>
    {
        var identity = LoadAnother(desired.Cluster.Tls, controlPlane.Identity);
        return Task.FromResult(new PreparedPart(
            () =>
            {
                controlPlane.Follow(desired, identity);
                return Task.CompletedTask;
            },
            () =>
            {
                identity?.Dispose();
                return Task.CompletedTask;
            }));
    })
    {
        FindChanges = desired =>
        {
            if (controlPlane.Identity is not { } inUse) return [];
            using var now = Load(desired.Cluster.Tls);
            return now is null ? [] : [.. Between(inUse, now)];
        },
    };

    /// <summary>Null = it is the one that is in use, or there is none.</summary>
    private static ClusterIdentity? LoadAnother(ClusterTlsConfig tls, ClusterIdentity? inUse)
    {
        var now = Load(tls);
        if (inUse is null || now is null || Between(inUse, now).Any()) return now;
        now.Dispose();
        return null;
    }

    private static IEnumerable<ConfigurationChange> Between(ClusterIdentity inUse, ClusterIdentity now)
    {
        if (inUse.CertificateText != now.CertificateText)
            yield return new ConfigurationChange(Certificate, ChangeKind.Changed, inUse.CertificateText, now.CertificateText);
        if (inUse.AuthorityText != now.AuthorityText)
            yield return new ConfigurationChange("cluster.tls.ca", ChangeKind.Changed, inUse.AuthorityText, now.AuthorityText);
    }

    /// <summary>They were good when the configuration was read, a moment ago. Null = there are none.</summary>
    private static ClusterIdentity? Load(ClusterTlsConfig tls)
    {
        try
        {
            return tls.IsOn ? ClusterIdentity.Load(tls) : null;
        }
        catch (Exception failure) when (
            failure is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new ReloadException(Certificate, $"cannot be used: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static ReloadPart OfAccessLog(AccessLogOutput accessLog, DataPlaneHost dataPlane, ILogger logger) => new(desired =>
    {
        var config = desired.Node.AccessLog;
        if (config == accessLog.Config) return Task.FromResult(PreparedPart.Nothing);
        try
        {
            var sink = AccessLogOutput.Open(config);
            return Task.FromResult(new PreparedPart(
                async () =>
                {
                    var problem = await accessLog.FollowAsync(sink, config, next => dataPlane.LogToAsync(next, config));
                    if (problem.Length > 0) logger.AccessLogKept(config.Path, problem);
                },
                async () =>
                {
                    if (sink is not null) await sink.DisposeAsync();
                }));
        }
        catch (AccessLogException failure)
        {
            throw new ReloadException("node.access-log.path", failure.Message);
        }
    });

    private static ReloadPart OfTable(DesiredTable table) => new(async desired =>
    {
        await table.PrepareAsync(desired);
        return new PreparedPart(
            () =>
            {
                table.Apply(desired);
                return Task.CompletedTask;
            },
            () =>
            {
                table.Abandon();
                return Task.CompletedTask;
            });
    });

    /// <summary>After the table, which has the zone of now.</summary>
    private static ReloadPart OfDns(NodeNames dns) => new(desired =>
    {
        try
        {
            var ports = dns.Prepare(desired);
            return Task.FromResult(new PreparedPart(
                () => dns.FollowAsync(desired.Dns, ports),
                () =>
                {
                    ports?.Dispose();
                    return Task.CompletedTask;
                }));
        }
        catch (DnsBindException failure)
        {
            throw new ReloadException("dns.bind", failure.Message);
        }
    });

    private static ReloadPart OfListeners(DataPlaneHost dataPlane) => new(async desired =>
    {
        try
        {
            var prepared = await dataPlane.PrepareAsync(desired);
            return new PreparedPart(prepared.CommitAsync, prepared.AbandonAsync);
        }
        catch (ListenerBindException failure)
        {
            throw new ReloadException(ConfigurationKey.Of("listeners", failure.Listener, "bind"), failure.Message);
        }
    });
}
