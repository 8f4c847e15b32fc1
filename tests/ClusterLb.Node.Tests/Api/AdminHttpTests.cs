using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterLb.Node.Api;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Api;

/// <summary>Methods, problems and the index, as any HTTP client meets them.</summary>
public sealed class AdminHttpTests : IAsyncLifetime
{
    private const string Token = "correct-horse-battery";
    private const string State = "/api/v1/pools/app/backends/b1/state";

    private TestAdmin _admin = null!;

    public async Task InitializeAsync()
    {
        _admin = await TestAdmin.BuildAsync(Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1)), Token);
        _admin.Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {Token}");
    }

    public async Task DisposeAsync() => await _admin.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    [InlineData("/api/v1/sessions")]
    [InlineData("/api/v1/openapi.json")]
    [InlineData("/api/v1/pools/nobody")]
    [InlineData("/nowhere")]
    public async Task HEAD_is_GET_without_its_body(string path)
    {
        using var get = await SendAsync("GET", path);
        using var head = await SendAsync("HEAD", path);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        // The figures of metrics change from one answer to the next.
        if (path != "/metrics") Assert.Equal((await get.Content.ReadAsByteArrayAsync()).Length, head.Content.Headers.ContentLength);
        else Assert.True(head.Content.Headers.ContentLength > 1_000);
    }

    [Theory]
    [InlineData("/", "GET, HEAD, OPTIONS")]
    [InlineData("/livez", "GET, HEAD, OPTIONS")]
    [InlineData("/metrics", "GET, HEAD, OPTIONS")]
    [InlineData(State, "OPTIONS, POST")]
    [InlineData("/api/v1/pools/app/backends/b1/evacuate", "GET, HEAD, OPTIONS, POST")]
    public async Task OPTIONS_says_what_a_path_takes_and_everything_else_is_405_with_the_same(string path, string allow)
    {
        using var options = await SendAsync("OPTIONS", path);
        Assert.Equal(HttpStatusCode.NoContent, options.StatusCode);
        Assert.Equal(allow, string.Join(", ", options.Content.Headers.Allow));

        using var delete = await SendAsync("DELETE", path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, delete.StatusCode);
        Assert.Equal(allow, string.Join(", ", delete.Content.Headers.Allow));
        var problem = await ProblemOfAsync(delete);
        Assert.Equal((ProblemKind.OtherMethod.Type, $"{path} does not take DELETE; it takes {allow}"), (problem.Type, problem.Detail));
        Assert.Equal(allow, string.Join(", ", problem.Allow!));
    }

    [Fact]
    public async Task The_index_names_the_version_and_only_paths_that_are_there()
    {
        var index = JsonNode.Parse(await _admin.Http.GetStringAsync(new Uri("/", UriKind.Relative)))!;

        Assert.Equal("ClusterLb", index["product"]!.GetValue<string>());
        Assert.Matches(@"^\d+\.\d+\.\d+", index["version"]!.GetValue<string>());
        Assert.Equal("/api/v1/openapi.json", index["links"]!["openapi"]!.GetValue<string>());
        foreach (var (_, path) in index["links"]!.AsObject())
        {
            using var answer = await SendAsync("OPTIONS", path!.GetValue<string>());
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/api")]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/pools//backends/b1")]
    [InlineData("/LIVEZ")]
    public async Task What_is_not_there_is_a_problem_too(string path)
    {
        using var answer = await SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal($"there is nothing at {path}; what there is, GET / says", (await ProblemOfAsync(answer)).Detail);
    }

    [Fact]
    public async Task An_unknown_name_comes_with_those_there_are()
    {
        using var answer = await SendAsync("GET", "/api/v1/pools/nobody");
        var problem = await ProblemOfAsync(answer);

        Assert.Equal((ProblemKind.UnknownName.Type, 404), (problem.Type, problem.Status));
        Assert.Equal(["app"], problem.Known!);
    }

    [Fact]
    public async Task Who_has_no_token_is_told_how_to_send_one()
    {
        _admin.Http.DefaultRequestHeaders.Remove("Authorization");

        using var answer = await SendAsync("GET", "/api/v1/status");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal("send the admin token as Authorization: Bearer TOKEN", (await ProblemOfAsync(answer)).Detail);
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("HEAD", 200)]
    [InlineData("POST", 403)]
    public async Task The_token_that_reads_does_not_command(string method, int status)
    {
        _admin.Http.DefaultRequestHeaders.Remove("Authorization");
        _admin.Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {TestAdmin.ReadToken}");

        using var answer = await SendAsync(method, method == "POST" ? State : "/api/v1/status");

        Assert.Equal(status, (int)answer.StatusCode);
        if (method == "POST") Assert.Equal(ProblemKind.ReadOnly.Type, (await ProblemOfAsync(answer)).Type);
    }

    [Fact]
    public async Task A_command_of_another_type_too_long_or_without_sense_says_so()
    {
        using var form = await SendAsync("POST", State, new StringContent("""{"state":"ready"}""", Encoding.UTF8,
            "application/x-www-form-urlencoded"));
        using var large = await SendAsync("POST", State, new StringContent(new string(' ', 5_000), Encoding.UTF8, "application/json"));
        using var bad = await SendAsync("POST", State, new StringContent("nonsense", Encoding.UTF8, "application/json"));

        Assert.Equal((415, ProblemKind.OtherMediaType.Type), await KindOfAsync(form));
        Assert.Equal((413, ProblemKind.TooLarge.Type), await KindOfAsync(large));
        Assert.Equal((400, ProblemKind.BadRequest.Type), await KindOfAsync(bad));
    }

    [Theory]
    [InlineData("{\"state\":\"\u00ff\u00fe\"}")]
    [InlineData("{\"\u00ff\":1}")]
    [InlineData("{\"state\":[\"\u00ff\"]}")]
    [InlineData("""{"state":"\ud800"}""")]
    [InlineData("""{"\udc00":"ready"}""")]
    [InlineData("""{"state":"ready","timeout":"\ud800"}""")]
    public async Task A_text_that_is_no_Unicode_is_no_sense_and_no_bug(string body)
    {
        var bytes = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        bytes.Headers.ContentType = new("application/json");
        using var answer = await SendAsync("POST", State, bytes);

        Assert.Equal((400, ProblemKind.BadRequest.Type), await KindOfAsync(answer));
        Assert.Empty(_admin.Log.Written);
    }

    [Fact]
    public async Task A_command_without_any_body_is_411()
    {
        // Other than curl, this platform's client would say that there is one of length 0.
        using var client = await RawClient.ConnectAsync(IPEndPoint.Parse(new Uri(_admin.Url).Authority));
        await client.SendAsync($"POST {State} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {Token}\r\n\r\n");
        var answer = await client.ReadAsync();

        Assert.Equal((411, "application/problem+json"), (answer.Status, answer.Field("Content-Type")));
        Assert.Contains("it must be a JSON object with state, timeout, mode, force", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_no_said_type_is_read_as_JSON()
    {
        var body = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"state":"nonsense"}"""));
        using var answer = await SendAsync("POST", State, body);

        Assert.StartsWith("state is \"nonsense\"", (await ProblemOfAsync(answer)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_port_answers_as_the_admin_port_does_without_a_token_and_has_nothing_else()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_admin.HealthUrl) };
        foreach (var path in new[] { "/livez", "/readyz" })
        {
            using var there = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(await _admin.AskAsync(path), (there.StatusCode, (await there.Content.ReadAsStringAsync()).Trim()));
            using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
            Assert.Equal(there.StatusCode, head.StatusCode);
        }

        foreach (var path in new[] { "/", "/metrics", "/api/v1/status", "/api/v1/openapi.json" })
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content = null) =>
        _admin.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = content });

    private static async Task<(int Status, string Type)> KindOfAsync(HttpResponseMessage answer) =>
        ((int)answer.StatusCode, (await ProblemOfAsync(answer)).Type);

    private static async Task<Problem> ProblemOfAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.ToString());
        var problem = JsonSerializer.Deserialize<Problem>(await answer.Content.ReadAsStringAsync(), ApiJson.Options)!;
        Assert.Equal((int)answer.StatusCode, problem.Status);
        return problem;
    }
}
