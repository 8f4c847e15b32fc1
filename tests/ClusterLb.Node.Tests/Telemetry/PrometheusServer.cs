using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Telemetry;

/// <summary>A real prometheus of this machine that scrapes one target twice a second, with a data folder of its own.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-prometheus-").FullName;
    private readonly HttpClient _http = new();
    private readonly Process _process;
    private readonly Task<string> _said;

    private PrometheusServer(int target)
    {
        var configuration = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture,
            $$"""
            global: { scrape_interval: 500ms, scrape_timeout: 500ms }
            scrape_configs:
            - job_name: clusterlb
              static_configs: [ { targets: [ "127.0.0.1:{{target}}" ] } ]
            """));
        var port = FreePorts.Next();
        _http.BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/");
        _process = Process.Start(new ProcessStartInfo("prometheus",
            [
                $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(_folder, "data")}",
                $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
            ])
        { RedirectStandardError = true, WorkingDirectory = _folder })!;
        _said = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Returns when the target was scraped at least three times, so that rates have something to go by.</summary>
    public static async Task<PrometheusServer> StartAsync(int target)
    {
        var server = new PrometheusServer(target);
        try
        {
            await Eventually.Is(async () => server._process.HasExited
                || (await server.IsReadyAsync()
                    && (await server.QueryAsync("count_over_time(up[1m]) >= 3 and up == 1")).GetArrayLength() > 0));
            if (server._process.HasExited) Assert.Fail($"prometheus did not start: {await server._said}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The result of a query, now. Fails when Prometheus says that the query is wrong.</summary>
    public async Task<JsonElement> QueryAsync(string query)
    {
        using var answer = await _http.GetAsync(new Uri($"query?query={Uri.EscapeDataString(query)}", UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{query}: {text}");
        return Parse(text).GetProperty("result");
    }

    /// <summary>
    /// The result of a query as soon as it is as wanted: a busy machine may miss a scrape, and then nothing is known of that moment.
    /// </summary>
    public async Task<JsonElement> EventuallyAsync(string query, Func<JsonElement, bool> condition)
    {
        JsonElement result = default;
        try
        {
            await Eventually.Is(async () => condition(result = await QueryAsync(query)));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{query} has {result}");
        }

        return result;
    }

    /// <summary>By metric name: all types that it was ever scraped with.</summary>
    public async Task<Dictionary<string, string>> TypesAsync()
    {
        var metadata = Parse(await _http.GetStringAsync(new Uri("metadata", UriKind.Relative)));
        return metadata.EnumerateObject().ToDictionary(metric => metric.Name, metric => string.Join(',',
            metric.Value.EnumerateArray().Select(one => one.GetProperty("type").GetString()).Distinct()));
    }

    /// <summary>Of all series.</summary>
    public async Task<IReadOnlyList<string>> LabelValuesAsync(string label) =>
        [.. Parse(await _http.GetStringAsync(new Uri($"label/{label}/values", UriKind.Relative)))
            .EnumerateArray().Select(value => value.GetString()!)];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/-/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("data").Clone();
    }
}
