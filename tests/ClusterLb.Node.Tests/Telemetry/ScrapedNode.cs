using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Telemetry;

/// <summary>
/// A real node under traffic of every kind (well, slow, failing, refused, nobody there), and a real Prometheus that scrapes it. One for all
/// tests of a class.
/// </summary>
public sealed class ScrapedNode : IAsyncLifetime, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-scraped-").FullName;
    private readonly CancellationTokenSource _ending = new();
    private readonly HttpClient _http = new();
    private readonly RawBackend _backend = RawBackend.Start(request => request.Line.Contains("/bad", StringComparison.Ordinal)
        ? "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
        : request.Line.Contains("/narrow", StringComparison.Ordinal) ? Reply.Ok() with { After = Task.Delay(20) } : Reply.Ok());
    private readonly (int Port, int Admin, int Health, int Nobody) _ports =
        (FreePorts.Next(), FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
    private NodeProcess? _node;
    private Task _traffic = Task.CompletedTask;

    internal PrometheusServer Prometheus { get; private set; } = null!;

    internal Task<string> MetricsAsync() => _http.GetStringAsync(new Uri($"http://127.0.0.1:{_ports.Admin}/metrics"));

    public async Task InitializeAsync()
    {
        var configuration = Path.Combine(_folder, "clusterlb.conf");
        await File.WriteAllTextAsync(configuration, Configuration());
        await File.WriteAllTextAsync(Path.Combine(_folder, "backends.json"), $"[\"{_backend.EndPoint}\"]");
        _node = NodeProcess.Run("--config", configuration);
        await _node.ReadyAsync(_http, _ports.Admin);
        _traffic = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SendAsync()));
        Prometheus = await PrometheusServer.StartAsync(_ports.Admin);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _traffic;
        if (Prometheus is not null) await Prometheus.DisposeAsync();
        _node?.Dispose();
        await _backend.DisposeAsync();
        _http.Dispose();
        _ending.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    /// <summary>Everything that has metrics is there; the store is away.</summary>
    private string Configuration() =>
        $$"""
        clusterlb {
          node { admin.bind = "127.0.0.1:{{_ports.Admin}}", health-bind = "127.0.0.1:{{_ports.Health}}", drain-delay = 0s }
          node.access-log { format = json, path = "{{_folder}}/access.log" }
          dns { bind = "127.0.0.1:{{FreePorts.Next()}}", zone = lb.example.org }
          store { type = redis, redis.endpoints = ["127.0.0.1:{{_ports.Nobody}}"] }
          listeners.web {
            bind = "127.0.0.1:{{_ports.Port}}", pool = app
            routes = [
              { path-prefix = /narrow, pool = narrow }
              { host = shop.example.com, path-prefix = /bad/, method = [GET], pool = bad }
              { path-prefix = /dead, pool = dead }
            ]
          }
          pools {
            app {
              sticky.by = cookie, health { type = tcp, interval = 200ms }
              backends { b0.address = "{{_backend.EndPoint}}", gone.address = "127.0.0.1:{{_ports.Nobody}}" }
            }
            narrow { health.type = none, backends.n0 { address = "{{_backend.EndPoint}}", max-in-flight = 1 } }
            bad { health.type = none, backends.x0.address = "{{_backend.EndPoint}}" }
            found { health.type = none, backends.list.discover = "file:backends.json" }
            dead { health.type = none, retry.attempts = 0, backends.d0.address = "127.0.0.1:{{_ports.Nobody}}" }
          }
        }
        """;

    private async Task SendAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            foreach (var path in new[] { "", "bad/", "dead", "narrow", "narrow" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_ports.Port}/{path}");
                request.Headers.Host = "shop.example.com";
                using var answer = await _http.SendAsync(request);
            }

            await Task.Delay(10);
        }
    }
}
