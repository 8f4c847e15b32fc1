using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Serving;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;
using Xunit.Abstractions;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>What an answer costs a real node, by the kernel's account of its CPU time.</summary>
public sealed class ZoneThroughputTests(ITestOutputHelper output)
{
    private const int Clients = 4;
    private const int QueriesOfEach = 20_000;

    /// <summary>Sent before the first of them has to be answered.</summary>
    private const int Window = 32;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_gives_20000_answers_for_a_second_of_CPU_time(bool hasCookie)
    {
        var (port, admin, dns) = (FreePorts.Next(), FreePorts.Next(), new IPEndPoint(IPAddress.Loopback, FreePorts.Next()));
        await using var backend = RawBackend.Start(_ => Reply.Ok("b"));
        using var node = NodeProcess.Run([.. NodeProcess.Settings(port, admin, backend.EndPoint), "--set", $"dns.bind={dns}",
            "--set", "dns.zone=lb.example.org", "--set", "dns.rate-limit=0"]);
        using var http = new HttpClient();
        await node.ReadyAsync(http, admin);
        var query = QueryBytes.Of("lb.example.org", RecordType.A, tail: hasCookie
            ? QueryBytes.Edns(options: QueryBytes.Cookie(1, 2, 3, 4, 5, 6, 7, 8))
            : null);
        // The compiler's work is not an answer's.
        await LoadAsync(dns, query, QueriesOfEach / 2);

        var before = CpuSecondsOf(node.Pid);
        var answers = (await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => LoadAsync(dns, query, QueriesOfEach)))))
            .Sum();
        var spent = CpuSecondsOf(node.Pid) - before;

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{answers} answers, {spent:0.00} s of CPU time: {answers / spent:0} a second, {spent / answers * 1e6:0.0} us each"));
        Assert.InRange(answers, Clients * QueriesOfEach * 9 / 10, Clients * QueriesOfEach);
        Assert.True(answers / spent > 20_000, $"{answers} answers took {spent} s");
        Assert.Single((await NameClient.AskAsync(dns, "lb.example.org", RecordType.A))!.Answers);
    }

    /// <returns>Answers that came; one that is lost is not waited for.</returns>
    private static async Task<int> LoadAsync(IPEndPoint server, byte[] query, int queries)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server);
        var (buffer, answers, sent) = (new byte[1_232], 0, 0);
        while (sent < queries)
        {
            for (var i = 0; i < Window && sent < queries; i++, sent++) socket.Send(query);
            for (var i = 0; i < Window && socket.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead); i++)
            {
                socket.Receive(buffer);
                answers++;
            }
        }

        return answers;
    }

    /// <summary>User and system, from /proc/PID/stat (proc(5)): fields 14 and 15, in hundredths of a second.</summary>
    private static double CpuSecondsOf(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }
}
