using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>Three real nodes over three backends, of this process as a rule.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    /// <summary>Of who asks again, since a node may stand still.</summary>
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Of who asks once.</summary>
    private readonly HttpClient _patient = new() { Timeout = TimeSpan.FromSeconds(60) };

    private readonly List<ClusterNode> _nodes = [];

    private ProcessCluster(IReadOnlyList<RawBackend> backends, IEnumerable<string> more)
        : this([.. backends.Select(backend => backend.EndPoint)], more) => Backends = backends;

    private ProcessCluster(IReadOnlyList<IPEndPoint> backends, IEnumerable<string> more)
    {
        foreach (var name in new[] { "lb1", "lb2", "lb3" }) Add(name);
        Settings =
        [
            "listeners.web.pool=app", "node.event-loops=1", "node.drain-delay=300ms", "node.drain-timeout=5s",
            $"cluster.seeds=[{string.Join(',', Nodes.Select(node => $"\"127.0.0.1:{node.ClusterPort}\""))}]", "cluster.profile=fast",
            "pools.app.balance=round-robin", "pools.app.health.type=tcp", "pools.app.health.interval=1s", "pools.app.health.timeout=500ms",
            .. backends.Select((backend, i) => $"pools.app.backends.b{i + 1}.address={backend}"), .. more,
        ];
    }

    /// <summary>None when they are not of this process.</summary>
    public IReadOnlyList<RawBackend> Backends { get; } = [];

    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    /// <summary>Of every node that is started from here on.</summary>
    public List<string> Settings { get; }

    /// <summary>A cluster whose nodes are not started yet.</summary>
    public static ProcessCluster Build() => Build(name => _ => Reply.Ok(name));

    /// <inheritdoc cref="StartAsync(Func{string, Func{RecordedRequest, Reply}}, IEnumerable{string})"/>
    public static ProcessCluster Build(Func<string, Func<RecordedRequest, Reply>> answers, params IEnumerable<string> more) =>
        new(Raw(answers), more);

    public static Task<ProcessCluster> StartAsync() => StartAsync(Build());

    /// <param name="answers">Of a backend by its name.</param>
    /// <param name="more">Settings of every node that win over the usual ones.</param>
    public static Task<ProcessCluster> StartAsync(Func<string, Func<RecordedRequest, Reply>> answers, params IEnumerable<string> more) =>
        StartAsync(new ProcessCluster(Raw(answers), more));

    /// <param name="backends">Somebody else's; they are b1, b2 and so on.</param>
    /// <param name="more">Settings of every node that win over the usual ones.</param>
    public static Task<ProcessCluster> StartOverAsync(IReadOnlyList<IPEndPoint> backends, IEnumerable<string> more) =>
        StartAsync(new ProcessCluster(backends, more));

    private static async Task<ProcessCluster> StartAsync(ProcessCluster cluster)
    {
        try
        {
            await cluster.StartAllAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every node that it was built with.</summary>
    public async Task StartAllAsync()
    {
        foreach (var node in Nodes) Start(node);
        await WholeAsync([.. Nodes]);
    }

    /// <summary>One more node, which is no seed.</summary>
    public ClusterNode Add(string name)
    {
        var node = new ClusterNode(name, FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        _nodes.Add(node);
        return node;
    }

    /// <param name="node">Whose process, if it had one, is gone.</param>
    /// <param name="more">Settings that win over all others.</param>
    public void Start(ClusterNode node, params string[] more)
    {
        node.Process?.Dispose();
        node.Process = NodeProcess.Run(ArgumentsOf(node, more));
    }

    /// <summary>One more process of a node, which asks for the place of the one that runs.</summary>
    /// <returns>The one that runs; the caller's from here on.</returns>
    public NodeProcess Follow(ClusterNode node, string socket, params string[] more)
    {
        var before = node.Process;
        node.Process = NodeProcess.Run([.. ArgumentsOf(node, more), "--takeover", socket]);
        return before;
    }

    /// <summary>Waits until each of these is ready and sees exactly these as members.</summary>
    public async Task WholeAsync(params ClusterNode[] nodes)
    {
        foreach (var node in nodes)
        {
            await EventuallyAsync(node, status =>
                status.GetProperty("state").GetString() == "ready"
                && status.GetProperty("nodes").GetArrayLength() == nodes.Length
                && status.GetProperty("nodes").EnumerateArray().All(one => one.GetProperty("status").GetString() == "up"
                    && one.GetProperty("is_reachable").GetBoolean()));
        }
    }

    /// <summary>A command, to be obeyed.</summary>
    public async Task PostAsync(ClusterNode node, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await _patient.PostAsync(new Uri($"http://127.0.0.1:{node.Admin}/api/v1/{path}"), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>One request over a new connection; null while nobody listens there.</summary>
    public static async Task<string?> AskAsync(ClusterNode node)
    {
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
        try
        {
            return await http.GetStringAsync(new Uri($"http://127.0.0.1:{node.Port}/"));
        }
        catch (HttpRequestException failure)
            when (failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return null;
        }
    }

    /// <summary>How often a node's control plane began anew.</summary>
    public async Task<int> RestartsAsync(ClusterNode node) =>
        (await StatusAsync(node)).GetProperty("control_plane").GetProperty("restarts").GetInt32();

    /// <summary>What a node says at this moment.</summary>
    public async Task<JsonElement> StatusAsync(ClusterNode node)
    {
        using var status = JsonDocument.Parse(await _patient.GetStringAsync(new Uri($"http://127.0.0.1:{node.Admin}/api/v1/status")));
        return status.RootElement.Clone();
    }

    public Task<string> MetricsAsync(ClusterNode node) => _patient.GetStringAsync(new Uri($"http://127.0.0.1:{node.Admin}/metrics"));

    /// <summary>Waits until a node's status is as wanted.</summary>
    public Task EventuallyAsync(ClusterNode node, Func<JsonElement, bool> condition) => EventuallyAsync((node, condition));

    /// <summary>Waits until the status of one of these is as wanted of it.</summary>
    public async Task EventuallyAsync(params (ClusterNode Node, Func<JsonElement, bool> Condition)[] any)
    {
        var last = "";
        for (var attempt = 0; attempt < 2_400; attempt++)
        {
            foreach (var (node, condition) in any)
            {
                try
                {
                    last = await _http.GetStringAsync(new Uri($"http://127.0.0.1:{node.Admin}/api/v1/status"));
                    using var document = JsonDocument.Parse(last);
                    if (condition(document.RootElement)) return;
                }
                catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
                {
                    last = failure.Message;
                }
            }

            await Task.Delay(25);
        }

        var wanted = string.Join(" or ", any.Select(one => one.Node.Name));
        Assert.Fail($"{wanted} never came to be so: "
            + $"{last}\n{string.Join('\n', Nodes.Select(one => $"--- {one.Name}\n{one.Process?.Errors}"))}");
    }

    public static string StateOf(JsonElement status, string backend) =>
        status.GetProperty("pools")[0].GetProperty("backends").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == backend).GetProperty("state").GetString()!;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) node.Process?.Dispose();
        foreach (var backend in Backends) await backend.DisposeAsync();
        _http.Dispose();
        _patient.Dispose();
    }

    private string[] ArgumentsOf(ClusterNode node, string[] more)
    {
        string[] own = [$"node.name={node.Name}", $"node.cluster-port={node.ClusterPort}", $"node.admin.bind=127.0.0.1:{node.Admin}",
            $"listeners.web.bind=127.0.0.1:{node.Port}"];
        return [.. node.Arguments, .. Settings.Concat(own).Concat(more).SelectMany(setting => new[] { "--set", setting })];
    }

    private static IReadOnlyList<RawBackend> Raw(Func<string, Func<RecordedRequest, Reply>> answers) =>
        [.. Enumerable.Range(1, 3).Select(i => RawBackend.Start(answers($"b{i}")))];
}

internal sealed record ClusterNode(string Name, int Port, int ClusterPort, int Admin)
{
    /// <summary>Null until it is started.</summary>
    public NodeProcess Process { get; set; } = null!;

    /// <summary>Of its command line, before the settings.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} on {Port}");
}
