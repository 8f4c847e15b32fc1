using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Client;

/// <summary>
/// Speaks to the admin port of one node, the first of those it is given that can be reached. Whatever goes wrong is an
/// <see cref="AdminException"/>: one line and an exit code.
/// </summary>
internal sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri[] _admins;
    private int _at;

    /// <param name="admins">The bases, such as http://127.0.0.1:9000; tried in turn. One or more.</param>
    /// <param name="token">Empty = none.</param>
    /// <param name="patience">For each answer.</param>
    public AdminClient(IReadOnlyList<Uri> admins, string token, TimeSpan patience)
    {
        _admins = [.. admins.Select(admin => new Uri(admin.AbsoluteUri.TrimEnd('/') + "/"))];
        // Nodes are asked directly: a proxy of the environment knows nothing of their addresses.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = patience / 2 }) { Timeout = patience };
        if (token.Length > 0) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    private Uri Admin => _admins[_at];

    /// <param name="path">Under /api/v1/.</param>
    /// <exception cref="AdminException">There is no answer, or it is no.</exception>
    public Task<T> GetAsync<T>(string path) => AskAsync<T>(() => new HttpRequestMessage(HttpMethod.Get, Under(path)));

    /// <param name="path">Under /api/v1/.</param>
    /// <param name="body">Written as JSON.</param>
    /// <exception cref="AdminException">There is no answer, or it is no.</exception>
    public Task<T> PostAsync<T>(string path, object body) => AskAsync<T>(() => new HttpRequestMessage(HttpMethod.Post, Under(path))
    {
        Content = JsonContent.Create(body, body.GetType(), options: AdminJson.Options)
    });

    public void Dispose() => _http.Dispose();

    private Uri Under(string path) => new(Admin, "api/v1/" + path);

    private async Task<T> AskAsync<T>(Func<HttpRequestMessage> ask)
    {
        for (var others = _admins.Length - 1; ; others--)
        {
            try
            {
                return await AskOnceAsync<T>(ask());
            }
            catch (HttpRequestException failure) when (IsUnreachable(failure) && others > 0)
            {
                // Nothing was sent: another node may be asked for the same.
                _at = (_at + 1) % _admins.Length;
            }
            catch (HttpRequestException failure)
            {
                throw new AdminException(ExitCode.CouldNotAsk, IsUnreachable(failure) && IsRefused(failure)
                    ? $"nobody listens at {string.Join(" or ", _admins.AsEnumerable())}; is a node running, and is that its admin port?"
                    : $"{Admin} could not be asked: {Cause(failure)}");
            }
            catch (TaskCanceledException)
            {
                throw new AdminException(ExitCode.CouldNotAsk, $"{Admin} did not answer in time");
            }
            catch (JsonException)
            {
                throw Foreign();
            }
        }
    }

    private async Task<T> AskOnceAsync<T>(HttpRequestMessage request)
    {
        using (request)
        using (var response = await _http.SendAsync(request))
        {
            var text = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode) throw Refused(response.StatusCode, text);
            return JsonSerializer.Deserialize<T>(text, AdminJson.Options) ?? throw Foreign();
        }
    }

    private static bool IsUnreachable(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;

    private static bool IsRefused(HttpRequestException failure) =>
        failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    /// <summary>What the node says no to, it says in one line.</summary>
    private AdminException Refused(HttpStatusCode status, string text)
    {
        var line = text.Trim();
        return status switch
        {
            HttpStatusCode.Unauthorized =>
                new AdminException(ExitCode.CouldNotAsk, $"{Admin} wants another token; give it with --token or CLUSTERLB_TOKEN"),
            HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict when line.Length > 0 =>
                new AdminException(ExitCode.No, line),
            HttpStatusCode.NotFound => Foreign(),
            _ => new AdminException(ExitCode.CouldNotAsk, line.Length > 0 && !line.Contains('<', StringComparison.Ordinal)
                ? line
                : $"{Admin} answers with status {(int)status}"),
        };
    }

    private AdminException Foreign() => new(ExitCode.CouldNotAsk, $"{Admin} is not the admin port of a node of this version");

    private static string Cause(Exception failure) => (failure.InnerException?.Message ?? failure.Message).ReplaceLineEndings(" ");
}

/// <summary>Ends a command with a line on standard error.</summary>
internal sealed class AdminException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
