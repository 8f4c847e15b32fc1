using System.Diagnostics;
using System.Globalization;
using System.Net;
using ClusterLb.Node.Dns.Messages;
using ClusterLb.Node.Tests.Dns.Serving;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>A real resolver of this machine that knows one zone and no other.</summary>
internal sealed class Unbound : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-unbound-").FullName;
    private readonly Process _process;
    private readonly Task<string> _said;

    /// <param name="clauses">Beside those of the server itself.</param>
    private Unbound(string clauses)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, FreePorts.Next());
        var file = Path.Combine(_folder, "unbound.conf");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture,
            $"""
            server:
              interface: 127.0.0.1@{EndPoint.Port}
              port: {EndPoint.Port}
              access-control: 127.0.0.0/8 allow
              do-daemonize: no
              use-syslog: no
              logfile: ""
              chroot: ""
              username: ""
              directory: "{_folder}"
              pidfile: ""
              module-config: "iterator"
              do-not-query-localhost: no
              use-caps-for-id: yes
              num-threads: 1
            remote-control:
              control-enable: no
            {clauses}
            """));
        _process = Process.Start(new ProcessStartInfo("unbound", ["-d", "-c", file]) { RedirectStandardError = true })!;
        _said = _process.StandardError.ReadToEndAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <param name="zone">That it asks those servers for, with its case at random (0x20).</param>
    public static Task<Unbound> StartAsync(string zone, IEnumerable<IPEndPoint> servers) => StartAsync(
        $"stub-zone:\n  name: \"{zone}\"\n" + string.Concat(servers.Select(server => $"  stub-addr: {server.Address}@{server.Port}\n")),
        zone, RecordType.A);

    /// <summary>It serves a zone itself, from a file.</summary>
    public static Task<Unbound> ServeAsync(string zone, string file) => StartAsync(
        $"auth-zone:\n  name: \"{zone}\"\n  zonefile: \"{file}\"\n  for-downstream: yes\n  for-upstream: no\n", zone, RecordType.SOA);

    private static async Task<Unbound> StartAsync(string clauses, string zone, RecordType type)
    {
        var unbound = new Unbound(clauses);
        await Eventually.Is(async () =>
        {
            if (unbound._process.HasExited) Assert.Fail($"unbound did not start: {await unbound._said}");
            return await NameClient.AskAsync(unbound.EndPoint, zone, type) is { Answers.Count: > 0 };
        });
        return unbound;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
