using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Client;

/// <summary>
/// Speaks to the admin port of one node. Whatever goes wrong is an <see cref="AdminException"/>: one line and an exit code.
/// </summary>
internal sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _admin;

    /// <param name="admin">The base, such as http://127.0.0.1:9000.</param>
    /// <param name="token">Empty = none.</param>
    /// <param name="patience">For each answer.</param>
    public AdminClient(Uri admin, string token, TimeSpan patience)
    {
        _admin = new Uri(admin.AbsoluteUri.TrimEnd('/') + "/");
        // Nodes are asked directly: a proxy of the environment knows nothing of their addresses.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = patience };
        if (token.Length > 0) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <param name="path">Under /api/v1/.</param>
    /// <exception cref="AdminException">There is no answer, or it is no.</exception>
    public Task<T> GetAsync<T>(string path) => AskAsync<T>(new HttpRequestMessage(HttpMethod.Get, Under(path)));

    /// <param name="path">Under /api/v1/.</param>
    /// <param name="body">Written as JSON.</param>
    /// <exception cref="AdminException">There is no answer, or it is no.</exception>
    public Task<T> PostAsync<T>(string path, object body) =>
        AskAsync<T>(new HttpRequestMessage(HttpMethod.Post,
            Under(path))
        { Content = JsonContent.Create(body, body.GetType(), options: AdminJson.Options) });

    public void Dispose() => _http.Dispose();

    private Uri Under(string path) => new(_admin, "api/v1/" + path);

    private async Task<T> AskAsync<T>(HttpRequestMessage request)
    {
        try
        {
            using (request)
            using (var response = await _http.SendAsync(request))
            {
                var text = await response.Content.ReadAsStringAsync();
                if (!response.IsSuccessStatusCode) throw Refused(response.StatusCode, text);
                return JsonSerializer.Deserialize<T>(text, AdminJson.Options) ?? throw Foreign();
            }
        }
        catch (HttpRequestException failure)
        {
            var isRefused = failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
            throw new AdminException(ExitCode.CouldNotAsk,
                isRefused ? $"nobody listens at {_admin}; is a node running, and is that its admin port?"
                    : $"{_admin} could not be asked: {Cause(failure)}");
        }
        catch (TaskCanceledException)
        {
            throw new AdminException(ExitCode.CouldNotAsk, $"{_admin} did not answer in time");
        }
        catch (JsonException)
        {
            throw Foreign();
        }
    }

    /// <summary>What the node says no to, it says in one line.</summary>
    private AdminException Refused(HttpStatusCode status, string text)
    {
        var line = text.Trim();
        return status switch
        {
            HttpStatusCode.Unauthorized =>
                new AdminException(ExitCode.CouldNotAsk, $"{_admin} wants another token; give it with --token or CLUSTERLB_TOKEN"),
            HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict when line.Length > 0 =>
                new AdminException(ExitCode.No, line),
            HttpStatusCode.NotFound => Foreign(),
            _ => new AdminException(ExitCode.CouldNotAsk, line.Length > 0 && !line.Contains('<', StringComparison.Ordinal)
                ? line
                : $"{_admin} answers with status {(int)status}"),
        };
    }

    private AdminException Foreign() => new(ExitCode.CouldNotAsk, $"{_admin} is not the admin port of a node of this version");

    private static string Cause(Exception failure) => (failure.InnerException?.Message ?? failure.Message).ReplaceLineEndings(" ");
}

/// <summary>Ends a command with a line on standard error.</summary>
internal sealed class AdminException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
