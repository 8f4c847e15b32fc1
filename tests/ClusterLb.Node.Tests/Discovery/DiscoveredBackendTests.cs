using System.Net;
using System.Text.Json;
using ClusterLb.Node.Tests.Reload;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Discovery;

/// <summary>A real node whose backends are found by a real name server or in a file, and clients that ask all the time.</summary>
public sealed class DiscoveredBackendTests : IAsyncLifetime
{
    private const string Name = "app.example.org";
    private const string Service = "_http._tcp.example.org";

    private readonly int _port = FreePorts.Next();
    private readonly ScriptedNameServer _names = ScriptedNameServer.Start();
    private readonly List<RawBackend> _backends = [];

    /// <summary>Five servers at 127.0.0.1 to 127.0.0.5, each of which says its number.</summary>
    public Task InitializeAsync()
    {
        for (var i = 1; i <= 5; i++)
        {
            var text = $"s{i}";
            _backends.Add(RawBackend.StartAt(new IPEndPoint(IPAddress.Parse($"127.0.0.{i}"), _port), _ => Reply.Ok(text)));
        }

        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var backend in _backends) await backend.DisposeAsync();
        _names.Dispose();
    }

    [Fact]
    public async Task A_name_whose_records_change_under_load_fails_no_request()
    {
        Resolve(1, 2, 3);
        using var node = await StartAsync($"cloud {{ discover = \"dns:{Name}:{_port}\" }}");
        await HasAsync(node, 1, 2, 3);
        await using var load = NodeLoad.Begin(node.EndPoint, clients: 4);

        // They come, leave, come back, and are all others in the end; the name server fails in between.
        foreach (var some in (int[][])[[2, 3, 4], [3, 4, 5], [1, 3, 5], [1, 2, 3, 4, 5], [3, 4, 5]])
        {
            Resolve(some);
            await HasAsync(node, some);
            _names.Script = _ => new NameReply { Code = 2 };
            await ProblemAsync(node, "a name server answers ServerFailure");
            await HasAsync(node, some);
        }

        var (served, failures) = await load.EndAsync();
        Assert.Empty(failures);
        Assert.True(served > 100, $"{served} requests");
        Assert.All(_backends, backend => Assert.NotEmpty(backend.Requests));
    }

    [Fact]
    public async Task Records_that_vanish_take_only_the_dead_away_and_more_than_half_is_held_back()
    {
        Resolve(1, 2, 3);
        using var node = await StartAsync($"cloud {{ discover = \"dns:{Name}:{_port}\" }}");
        await HasAsync(node, 1, 2, 3);
        await using var load = NodeLoad.Begin(node.EndPoint, clients: 4);
        Resolve(4);
        await HasAsync(node, 1, 2, 3, 4);
        Assert.Contains($"dns:{Name}:{_port} lacks 3 of 3 backends at once; they are held back for 30 s", node.Process.Errors,
            StringComparison.Ordinal);
        await HasAsync(node, 4);

        // The name is gone: the one that lives stays for ever, and the one that has died leaves 30 s later.
        Resolve(4, 5);
        await HasAsync(node, 4, 5);
        Resolve();
        await ProblemAsync(node, "the name does not exist");
        await EndAsync(5);
        await HasAsync(node, 4);
        var (_, failures) = await load.EndAsync();
        Assert.Empty(failures);
    }

    [Fact]
    public async Task A_file_that_is_replaced_under_load_fails_no_request()
    {
        using var node = await StartAsync("list { discover = \"file:backends.json\" }", node => WriteList(node, 1, 2, 3));
        await HasAsync(node, 1, 2, 3);
        await using var load = NodeLoad.Begin(node.EndPoint, clients: 4);
        foreach (var some in (int[][])[[2, 3, 4], [3, 4, 5], [1, 3, 5], [1, 2, 3, 4, 5], [3, 4, 5]])
        {
            WriteList(node, some);
            await HasAsync(node, some);
            await File.WriteAllTextAsync(node.PathOf("backends.json"), "[\"127.0.0.");
            await ProblemAsync(node, "is no JSON");
        }

        var (served, failures) = await load.EndAsync();
        Assert.Empty(failures);
        Assert.True(served > 100, $"{served} requests");
    }

    [Fact]
    public async Task Targets_of_a_service_get_work_by_priority_and_weight()
    {
        NameRecord[] addresses = [.. Enumerable.Range(1, 3).Select(i => NameRecord.Address($"s{i}.example.org", $"127.0.0.{i}"))];
        _names.Change([
            NameRecord.Service(Service, "s1.example.org", _port, priority: 10, weight: 3),
            NameRecord.Service(Service, "s2.example.org", _port, priority: 10, weight: 1),
            NameRecord.Service(Service, "s3.example.org", _port, priority: 20), .. addresses]);
        using var node = await StartAsync($"cloud {{ discover = \"srv:{Service}\" }}");
        await AreAsync(node, $"s1.example.org:{_port} 3 0", $"s2.example.org:{_port} 1 0", $"s3.example.org:{_port} 1 1");
        await Eventually.Is(async () => (await BackendsAsync(node)).All(one => one.GetProperty("state").GetString() == "up"));
        // Until all were known to be well, work went where it could.
        await Eventually.Is(async () => !(await AnswersAsync(node, 8)).Contains("s3"));

        var answers = await AnswersAsync(node, 80);
        Assert.Equal((60, 20), (answers.Count(answer => answer == "s1"), answers.Count(answer => answer == "s2")));
        var (_, explained, _) = await node.CommandAsync("explain", "--pool", "app");
        Assert.Contains("tier 1 waits while one of tier 0 is available", explained, StringComparison.Ordinal);

        await EndAsync(1);
        await EndAsync(2);
        // Until it is known that both are gone, a request may find neither; the next tier waits for that.
        await Eventually.Is(async () =>
        {
            try
            {
                return (await AnswersAsync(node, 4)).All(answer => answer == "s3");
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task A_drain_of_a_found_backend_survives_that_it_is_gone_for_a_while()
    {
        Resolve(1, 2, 3);
        using var node = await StartAsync($"cloud {{ discover = \"dns:{Name}:{_port}\" }}");
        await HasAsync(node, 1, 2, 3);
        var (exit, _, errors) = await node.CommandAsync("backend", "drain", $"app/127.0.0.2:{_port}", "--wait");
        Assert.True(exit == 0, errors);
        Resolve(1, 3);
        await HasAsync(node, 1, 3);
        Resolve(1, 2, 3);
        await HasAsync(node, 1, 2, 3);

        await Eventually.Is(async () => (await BackendsAsync(node))[1].GetProperty("state").GetString() == "drained");
        Assert.DoesNotContain("s2", await AnswersAsync(node, 12));
        Assert.Equal(0, (await node.CommandAsync("backend", "ready", $"app/127.0.0.2:{_port}")).Exit);
        await Eventually.Is(async () => (await AnswersAsync(node, 12)).Contains("s2"));
    }

    [Fact]
    public async Task A_reload_keeps_those_that_were_found_and_status_and_metrics_say_where()
    {
        Resolve(1, 2);
        const string Health = "pools.app.health { type = tcp, interval = 200ms }";
        using var node = await StartAsync($"cloud {{ discover = \"dns:{Name}:{_port}\", max = 2 }}");
        await HasAsync(node, 1, 2);
        await Eventually.Is(async () => (await BackendsAsync(node)).All(one => one.GetProperty("state").GetString() == "up"));
        // Nothing would be found again now.
        _names.Script = _ => new NameReply { IsSilent = true };

        await node.ReloadAsync(
            BodyOf(node, $"cloud {{ discover = \"dns:{Name}:{_port}\", weight = 7 }}, s3.address = \"127.0.0.3:{_port}\"") + Health);

        await AreAsync(node, "s3 1 0", $"127.0.0.1:{_port} 7 0", $"127.0.0.2:{_port} 7 0");
        Assert.All((await BackendsAsync(node)).Skip(1), one => Assert.Equal(
            ("up", $"dns:{Name}:{_port}"), (one.GetProperty("state").GetString(), one.GetProperty("source").GetString())));
        var (_, status, _) = await node.CommandAsync("status", "--wide");
        Assert.Contains("FROM", status, StringComparison.Ordinal);
        Assert.Contains($"dns:{Name}:{_port}", status, StringComparison.Ordinal);
        var metrics = await node.MetricsAsync();
        Assert.Contains($"clusterlb_source_backends{{pool=\"app\",source=\"dns:{Name}:{_port}\"}} 2", metrics, StringComparison.Ordinal);
        Assert.Contains($"clusterlb_backend_up{{pool=\"app\",backend=\"127.0.0.1:{_port}\"}} 1", metrics, StringComparison.Ordinal);

        // A source that is gone takes its backends with it, and their figures.
        await node.ReloadAsync(BodyOf(node, $"s3.address = \"127.0.0.3:{_port}\"") + Health);
        await AreAsync(node, "s3 1 0");
        await Eventually.Is(async () => !(await node.MetricsAsync()).Contains($"127.0.0.1:{_port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pool_of_whom_nobody_was_found_yet_answers_503_and_serves_when_somebody_comes()
    {
        using var node = await StartAsync($"cloud {{ discover = \"dns:{Name}:{_port}\" }}");
        using var http = new HttpClient();
        using (var response = await http.GetAsync(new Uri($"http://{node.EndPoint}/")))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Resolve(1);
        await Eventually.Is(async () =>
        {
            using var response = await http.GetAsync(new Uri($"http://{node.EndPoint}/"));
            return response.StatusCode == HttpStatusCode.OK;
        });
    }

    /// <summary>A server that is gone.</summary>
    private async Task EndAsync(int number)
    {
        var backend = _backends.Single(one => one.EndPoint.Address.ToString() == $"127.0.0.{number}");
        _backends.Remove(backend);
        await backend.DisposeAsync();
    }

    private void Resolve(params int[] numbers) => _names.Change([.. numbers.Select(i => NameRecord.Address(Name, $"127.0.0.{i}"))]);

    /// <summary>Replaces the file.</summary>
    private void WriteList(ReloadedNode node, params int[] numbers)
    {
        File.WriteAllText(node.PathOf("next.json"), JsonSerializer.Serialize(numbers.Select(i => $"127.0.0.{i}:{_port}")));
        File.Move(node.PathOf("next.json"), node.PathOf("backends.json"), overwrite: true);
    }

    private Task<ReloadedNode> StartAsync(string backends, Action<ReloadedNode>? before = null) => ReloadedNode.StartAsync(node =>
    {
        before?.Invoke(node);
        return BodyOf(node, backends) + "pools.app.health { type = tcp, interval = 200ms }";
    });

    private string BodyOf(ReloadedNode node, string backends) => $$"""
        cluster.name-servers = ["{{_names.EndPoint}}"]
        listeners.web { bind = "127.0.0.1:{{node.Port}}", pool = app }
        pools.app { balance = weighted-round-robin, backends { {{backends}} } }

        """;

    private static async Task<IReadOnlyList<JsonElement>> BackendsAsync(ReloadedNode node) =>
        [.. (await node.GetAsync("pools/app")).GetProperty("backends").EnumerateArray()];

    /// <summary>Waits until the pool has these and nobody else.</summary>
    private Task HasAsync(ReloadedNode node, params int[] numbers) => Eventually.Is(async () =>
        (await BackendsAsync(node)).Select(one => one.GetProperty("name").GetString()).SequenceEqual(
            numbers.Order().Select(i => $"127.0.0.{i}:{_port}")));

    /// <summary>Waits until these are there, each with its configured weight and its tier.</summary>
    private static Task AreAsync(ReloadedNode node, params string[] expected) => Eventually.Is(async () =>
        (await BackendsAsync(node)).Select(one => $"{one.GetProperty("name")} {WeightOf(one)} {one.GetProperty("tier")}")
            .SequenceEqual(expected));

    /// <summary>One that takes no work weighs nothing.</summary>
    private static int WeightOf(JsonElement backend) => Math.Max(1, (int)backend.GetProperty("weight").GetDouble());

    private static Task ProblemAsync(ReloadedNode node, string problem) => Eventually.Is(async () =>
        (await node.GetAsync("pools/app")).GetProperty("sources")[0].GetProperty("problem").GetString()!
            .Contains(problem, StringComparison.Ordinal));

    private static async Task<IReadOnlyList<string>> AnswersAsync(ReloadedNode node, int count)
    {
        var answers = new List<string>();
        for (var i = 0; i < count; i++) answers.Add(await node.AskAsync());
        return answers;
    }
}
