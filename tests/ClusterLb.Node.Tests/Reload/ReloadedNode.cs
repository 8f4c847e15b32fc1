using System.Net;
using System.Text;
using System.Text.Json;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Reload;

/// <summary>A real node whose configuration is a file that changes.</summary>
internal sealed class ReloadedNode : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-reload-").FullName;
    private readonly HttpClient _http = new();

    private ReloadedNode()
    {
    }

    public NodeProcess Process { get; private set; } = null!;

    public int Port { get; } = FreePorts.Next();

    public int Admin { get; } = FreePorts.Next();

    public string File => Path.Combine(_folder, "clusterlb.conf");

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <param name="body">Inside of clusterlb { }, beside the admin port.</param>
    public static async Task<ReloadedNode> StartAsync(Func<ReloadedNode, string> body, params string[] arguments)
    {
        var node = new ReloadedNode();
        node.Write(body(node));
        node.Process = NodeProcess.Run(["--config", node.File, .. arguments]);
        await node.Process.ReadyAsync(node._http, node.Admin);
        return node;
    }

    /// <summary>One listener named web over one pool named app.</summary>
    public string Simple(params IPEndPoint[] backends) => $$"""
        listeners.web { bind = "127.0.0.1:{{Port}}", pool = app }
        pools.app { health { type = tcp, interval = 200ms }, backends { {{Blocks(backends)}} } }
        """;

    public static string Blocks(params IPEndPoint[] backends) =>
        string.Join(", ", backends.Select((backend, i) => $"b{i + 1} {{ address = \"{backend}\" }}"));

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>The node has not read it yet.</summary>
    public void Write(string body) => System.IO.File.WriteAllText(File, $$"""
        clusterlb {
          node { admin.bind = "127.0.0.1:{{Admin}}", drain-delay = 0s }
          {{body}}
        }
        """);

    /// <summary>Has it read the file, and expects that it follows.</summary>
    public async Task<JsonElement> ReloadAsync(string body)
    {
        Write(body);
        var (status, answer) = await PostAsync("{}");
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
        return answer;
    }

    public async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(UrlOf("api/v1/reload"), content);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public async Task<JsonElement> GetAsync(string path) =>
        JsonDocument.Parse(await _http.GetStringAsync(UrlOf("api/v1/" + path))).RootElement;

    public Task<string> MetricsAsync() => _http.GetStringAsync(UrlOf("metrics"));

    public async Task<string> FingerprintAsync() =>
        (await GetAsync("status")).GetProperty("config").GetProperty("fingerprint").GetString()!;

    /// <summary>What the backend that serves it says.</summary>
    public Task<string> AskAsync() => _http.GetStringAsync(new Uri($"http://{EndPoint}/"));

    /// <summary>A command against it: its exit code, and what it said to whom.</summary>
    public async Task<(int Exit, string Output, string Errors)> CommandAsync(params string[] arguments)
    {
        using var command = NodeProcess.Start([.. arguments, "--admin", $"http://127.0.0.1:{Admin}"]);
        var exit = await command.ExitCodeAsync();
        return (exit, command.Output.Trim(), command.Errors.Trim());
    }

    public void Dispose()
    {
        Process?.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Uri UrlOf(string path) => new($"http://127.0.0.1:{Admin}/{path}");
}
