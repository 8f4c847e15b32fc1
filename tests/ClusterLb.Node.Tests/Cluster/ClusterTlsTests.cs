using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Real processes that speak mutual TLS, and others that would like to.</summary>
public sealed class ClusterTlsTests
{
    [Fact]
    public async Task Nodes_with_certificates_of_one_authority_are_a_cluster_and_nobody_else_gets_in()
    {
        using var ours = await Certificates.MakeAsync("lb1", "lb2", "lb3", "lb4");
        using var foreign = await Certificates.MakeAsync("lb4");
        await using var cluster = ProcessCluster.Build();
        ClusterNode[] members = [.. cluster.Nodes];
        foreach (var node in members) cluster.Start(node, ours.SettingsOf(node.Name));
        await cluster.WholeAsync(members);

        var fourth = cluster.Add("lb4");
        cluster.Start(fourth, foreign.SettingsOf("lb4"));
        await cluster.EventuallyAsync(fourth,
            _ => members.All(member => fourth.Process.Errors.Contains($"no connection with 127.0.0.1:{member.ClusterPort}: {Foreign}",
            StringComparison.Ordinal)));
        foreach (var member in members)
        {
            Assert.True(await IsHungUpOnAsync(member, "\0\0\0\u0004abcd"));
            Assert.True(await IsHungUpOnAsync(member, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
            Assert.True(await IsHungUpOnWithoutCertificateAsync(member));
        }

        await cluster.WholeAsync(members);
        await cluster.EventuallyAsync(fourth, status =>
            status.GetProperty("nodes").GetArrayLength() == 1
            && status.GetProperty("control_plane").GetProperty("refusal").GetString()!.StartsWith("this node is in no cluster",
                StringComparison.Ordinal));
        foreach (var node in cluster.Nodes) Assert.Equal(0, await cluster.RestartsAsync(node));

        foreach (var node in cluster.Nodes) OwnWords.Check(node);

        // Nothing but its certificate kept it out.
        cluster.Start(fourth, ours.SettingsOf("lb4"));
        await cluster.WholeAsync([.. cluster.Nodes]);
    }

    [Fact]
    public async Task Certificates_are_exchanged_one_node_after_the_other_without_a_restart()
    {
        using var before = await Certificates.MakeAsync("lb1", "lb2", "lb3");
        using var after = await Certificates.MakeAsync("lb1", "lb2", "lb3");
        await using var cluster = ProcessCluster.Build();
        foreach (var node in cluster.Nodes) cluster.Start(node, before.SettingsOf(node.Name));
        await cluster.WholeAsync([.. cluster.Nodes]);
        var both = await File.ReadAllTextAsync(before.FileOf("ca.pem")) + await File.ReadAllTextAsync(after.FileOf("ca.pem"));

        // Both authorities first, then the new certificates, then the new authority alone.
        await File.WriteAllTextAsync(before.FileOf("ca.pem"), both);
        await ReloadAsync(cluster, "cluster.tls.ca: ");
        foreach (var name in new[] { "lb1", "lb2", "lb3" })
        {
            File.Copy(after.FileOf($"{name}.key"), before.FileOf($"{name}.key"), overwrite: true);
            File.Copy(after.FileOf($"{name}.pem"), before.FileOf($"{name}.pem"), overwrite: true);
        }

        await ReloadAsync(cluster, "cluster.tls.certificate: ");
        File.Copy(after.FileOf("ca.pem"), before.FileOf("ca.pem"), overwrite: true);
        await ReloadAsync(cluster, "cluster.tls.ca: ");

        // Who comes anew is let in by the new certificate, and by the old one no more.
        var third = cluster.Nodes[2];
        cluster.Start(third, before.SettingsOf("lb3"));
        await cluster.WholeAsync([.. cluster.Nodes]);
        foreach (var node in cluster.Nodes.Take(2)) Assert.Equal(0, await cluster.RestartsAsync(node));
    }

    [Fact]
    public async Task A_seed_with_a_foreign_certificate_costs_the_others_neither_their_cluster_nor_their_control_plane()
    {
        using var ours = await Certificates.MakeAsync("lb1", "lb2", "lb3");
        using var foreign = await Certificates.MakeAsync("lb3");
        await using var cluster = ProcessCluster.Build();
        ClusterNode[] good = [cluster.Nodes[0], cluster.Nodes[1]];
        var third = cluster.Nodes[2];

        cluster.Start(third, foreign.SettingsOf("lb3"));
        foreach (var node in good) cluster.Start(node, ours.SettingsOf(node.Name));
        await cluster.WholeAsync(good);

        cluster.Start(third, ours.SettingsOf("lb3"));
        await cluster.WholeAsync([.. cluster.Nodes]);

        // It comes back while the others still take it for a member and dial it.
        third.Process.Signal(NodeProcess.SIGKILL);
        cluster.Start(third, foreign.SettingsOf("lb3"));
        await cluster.EventuallyAsync(third, _ => third.Process.Errors.Contains(Foreign, StringComparison.Ordinal));
        await cluster.WholeAsync(good);
        foreach (var node in good) Assert.Equal(0, await cluster.RestartsAsync(node));
        foreach (var node in cluster.Nodes) OwnWords.Check(node);
    }

    private static string Foreign => "its certificate is not signed by the authority in cluster.tls.ca";

    /// <summary>Whether who speaks no TLS hears nothing but the end.</summary>
    /// <summary>On every node, each of which is to find such a change.</summary>
    private static async Task ReloadAsync(ProcessCluster cluster, string change)
    {
        foreach (var node in cluster.Nodes)
        {
            await cluster.PostAsync(node, "reload", "{}");
            await Eventually.Is(() => node.Process.Errors.Contains($"is in force: {change}", StringComparison.Ordinal));
        }
    }

    private static async Task<bool> IsHungUpOnAsync(ClusterNode node, string bytes)
    {
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, node.ClusterPort));
        await client.SendAsync(bytes);
        return await client.IsClosedAsync();
    }

    /// <summary>With TLS 1.3 a client learns only after its handshake that it is not wanted.</summary>
    private static async Task<bool> IsHungUpOnWithoutCertificateAsync(ClusterNode node)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, node.ClusterPort, patience.Token);
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "lb",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null
            }, patience.Token);
            return await tls.ReadAsync(new byte[1], patience.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
