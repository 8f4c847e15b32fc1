using System.Globalization;
using System.Net;
using System.Text.Json;
using ClusterLb.Node.Demo;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Takeover;

/// <summary>
/// A real node that can be asked for its place, with an HTTP and a TCP listener over one backend, and the processes that it was.
/// </summary>
internal sealed class TakenNode : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-takeover-").FullName;
    private readonly List<NodeProcess> _processes = [];
    private SampleBackend _backend = null!;
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });

    /// <summary>The one that was started last.</summary>
    public NodeProcess Process => _processes[^1];

    public int Port { get; } = FreePorts.Next();

    public int Tcp { get; } = FreePorts.Next();

    public int Admin { get; } = FreePorts.Next();

    public string Socket => PathOf("takeover.sock");

    public string[] Settings =>
    [
        "--set", $"listeners.web.bind=127.0.0.1:{Port}", "--set", "listeners.web.pool=app",
        "--set", $"listeners.raw.bind=127.0.0.1:{Tcp}", "--set", "listeners.raw.pool=app", "--set", "listeners.raw.protocol=tcp",
        "--set", $"node.admin.bind=127.0.0.1:{Admin}", "--set", $"node.takeover-socket={Socket}",
        "--set", "node.drain-delay=200ms", "--set", "node.drain-timeout=5s", "--set", "node.event-loops=2",
        "--set", "pools.app.health.type=tcp", "--set", "pools.app.health.interval=200ms",
        "--set", $"pools.app.backends.b1.address={_backend.EndPoint}",
    ];

    public static Task<TakenNode> StartAsync(params string[] more) => StartWithAsync("IS_TESTED=1", more);

    /// <param name="variable">One more of its environment, such as <c>NAME=value</c>.</param>
    /// <param name="more">Settings that win over the usual ones.</param>
    public static async Task<TakenNode> StartWithAsync(string variable, params string[] more)
    {
        // It keeps nothing of what it is asked, however long the load lasts.
        var node = new TakenNode { _backend = await SampleBackend.StartAsync("b1", FreePorts.Next()) };
        node.Add(NodeProcess.RunWith(variable, [.. node.Settings, .. more]));
        await node.Process.ReadyAsync(node._http, node.Admin);
        await Eventually.Is(() => File.Exists(node.Socket));
        return node;
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    public void Add(NodeProcess process) => _processes.Add(process);

    /// <summary>A process that asks for the place of the running one.</summary>
    public NodeProcess Follow(params string[] more)
    {
        Add(NodeProcess.Run([.. Settings, "--takeover", Socket, .. more]));
        return Process;
    }

    /// <summary>Waits until a process is the node, and the one before it has ended.</summary>
    public static async Task FollowedAsync(NodeProcess before, NodeProcess after)
    {
        await Eventually.Is(() => after.Errors.Contains(
            string.Create(CultureInfo.InvariantCulture, $"has the place of process {before.Pid} now"), StringComparison.Ordinal));
        Assert.Equal(0, await before.ExitCodeAsync());
    }

    /// <summary>How often a process has been asked for its place.</summary>
    public static int Beginnings(NodeProcess running) => running.Errors.Split("begins to take its place").Length - 1;

    /// <summary>
    /// Waits for another moment each turn: for none, or from the new process's first word on for so many requests, all answered.
    /// </summary>
    /// <param name="running">Which is asked for its place.</param>
    /// <param name="heard">How often it had been before.</param>
    /// <param name="turn">Of 0 to 5.</param>
    public async Task PassAsync(NodeProcess running, int heard, int turn)
    {
        if (turn == 0) return;
        await Eventually.Is(() => Beginnings(running) > heard);
        for (var asked = 0; asked < 40 * (turn - 1); asked++) Assert.Equal(HttpStatusCode.OK, await AskAsync());
    }

    /// <summary>A request over a new connection.</summary>
    public async Task<HttpStatusCode> AskAsync()
    {
        using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{Port}/"));
        return response.StatusCode;
    }

    public async Task<JsonElement> StatusAsync() =>
        JsonDocument.Parse(await _http.GetStringAsync(new Uri($"http://127.0.0.1:{Admin}/api/v1/status"))).RootElement;

    public async Task PostAsync(string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri($"http://127.0.0.1:{Admin}/api/v1/{path}"), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) process.Dispose();
        await _backend.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
