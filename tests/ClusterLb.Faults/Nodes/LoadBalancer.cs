using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ClusterLb.Faults.Processes;

namespace ClusterLb.Faults.Nodes;

/// <summary>A node: the process it is now, those it was, and what it says of itself.</summary>
internal sealed class LoadBalancer(NodePlan plan, INetwork network, string program, string folder, HttpClient http) : IDisposable
{
    /// <summary>Of who asks again: a node may stand still.</summary>
    private static readonly TimeSpan s_reportPatience = TimeSpan.FromSeconds(3);

    private readonly List<(string Text, long End)> _earlier = [];
    private Child? _process;

    public NodePlan Plan => plan;

    public string Name => plan.Name;

    public int Pid => _process!.Pid;

    /// <summary>What each of its processes has logged, and when it ended, by <see cref="Stopwatch"/>: now, of the one that runs.</summary>
    public IEnumerable<(string Text, long End)> Logs =>
        _process is null ? _earlier : _earlier.Append((_process.Errors, Stopwatch.GetTimestamp()));

    private string File => Path.Combine(folder, $"{plan.Name}.conf");

    public void Configure(string text) => System.IO.File.WriteAllText(File, text);

    /// <param name="limits">A command that runs it, such as <c>prlimit --nofile=700 --</c>.</param>
    public async Task StartAsync(params string[] limits)
    {
        Bury();
        var environment = new Dictionary<string, string> { ["XDG_STATE_HOME"] = folder };
        _process = await network.StartAsync(plan.Number, environment, [.. limits, program, "run", "--config", File]);
    }

    public void Signal(int signal) => _process!.Signal(signal);

    public void Kill() => _process!.Kill();

    /// <summary>Waits until its process has ended.</summary>
    public Task ExitAsync(CancellationToken patience) => _process!.ExitAsync(patience);

    /// <summary>Null while it does not answer.</summary>
    public async Task<NodeReport?> ReportAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(s_reportPatience);
            using var request = new HttpRequestMessage(HttpMethod.Get, UrlOf("api/v1/status"));
            using var answer = await AskAsync(request, patience.Token);
            if (!answer.IsSuccessStatusCode) return null;
            using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(patience.Token));
            return new NodeReport(document.RootElement.Clone());
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>Has it read its file again.</summary>
    public async Task<HttpStatusCode> ReloadAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, UrlOf("api/v1/reload"))
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        using var answer = await AskAsync(request, CancellationToken.None);
        return answer.StatusCode;
    }

    /// <summary>Of its process: resident memory in MiB, and open descriptors.</summary>
    public (int Mebibytes, int Descriptors) Footprint()
    {
        var resident = System.IO.File.ReadLines($"/proc/{Pid}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return (kilobytes / 1024, Directory.GetFileSystemEntries($"/proc/{Pid}/fd").Length);
    }

    public void Dispose() => _process?.Dispose();

    private void Bury()
    {
        if (_process is null) return;
        _process.Kill();
        _earlier.Add((_process.Errors, Stopwatch.GetTimestamp()));
        _process.Dispose();
    }

    private Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken patience)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ClusterFile.Token);
        return http.SendAsync(request, patience);
    }

    private Uri UrlOf(string path) => new($"http://{plan.Address}:{plan.AdminPort}/{path}");
}
