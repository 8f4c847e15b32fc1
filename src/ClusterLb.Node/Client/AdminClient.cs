using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ClusterLb.Node.Api;
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

    /// <summary>Why the last certificate is not believed; empty when it is, or none has come.</summary>
    private volatile string _doubt = "";

    /// <param name="admins">The bases, such as http://127.0.0.1:9000; tried in turn. One or more.</param>
    /// <param name="token">Empty = none.</param>
    /// <param name="patience">For each answer.</param>
    /// <param name="authorities">Whose certificates are believed; null = those this machine trusts.</param>
    public AdminClient(IReadOnlyList<Uri> admins, string token, TimeSpan patience, X509Certificate2Collection? authorities = null)
    {
        _admins = [.. admins.Select(admin => new Uri(admin.AbsoluteUri.TrimEnd('/') + "/"))];
        // Nodes are asked directly: a proxy of the environment knows nothing of their addresses.
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (context, stop) => ConnectAsync(context.DnsEndPoint, patience / 2, stop),
        };
        if (authorities is not null) handler.SslOptions.CertificateChainPolicy = Believing(authorities);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, chain, errors) =>
            (_doubt = DoubtOf(chain, errors)).Length == 0;
        _http = new HttpClient(handler) { Timeout = patience };
        if (token.Length > 0) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    private Uri Admin => _admins[_at];

    /// <param name="path">Under /api/v1/.</param>
    /// <exception cref="AdminException">There is no answer, or it is no.</exception>
    public Task<T> GetAsync<T>(string path) =>
        AskAsync(() => new HttpRequestMessage(HttpMethod.Get, Under(path)), AnswerOf<T>);

    /// <param name="path">Under /api/v1/.</param>
    /// <param name="body">Written as JSON.</param>
    /// <exception cref="AdminException">There is no answer, or it is no.</exception>
    public Task<T> PostAsync<T>(string path, object body) => AskAsync(() => new HttpRequestMessage(HttpMethod.Post, Under(path))
    {
        Content = JsonContent.Create(body, body.GetType(), options: ApiJson.Options)
    }, AnswerOf<T>);

    /// <summary>Why clients should not be sent to the node, as <c>/readyz</c> says it; empty when they should.</summary>
    /// <exception cref="AdminException">There is no answer.</exception>
    public Task<string> WhyNotReadyAsync() => AskAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(Admin, "readyz")),
        (response, text) => response.StatusCode switch
        {
            HttpStatusCode.OK => "",
            HttpStatusCode.ServiceUnavailable => text.Trim(),
            _ => throw Foreign(),
        });

    public void Dispose() => _http.Dispose();

    /// <summary>
    /// A machine that is gone says nothing. The handler's own bound ends as that of an answer does, and whoever cannot be reached is to be
    /// told from who does not answer: of the first another node is asked.
    /// </summary>
    /// <exception cref="SocketException">Nobody took the connection in time, or it was refused.</exception>
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint admin, TimeSpan bound, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(bound);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(admin, patience.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception failure)
        {
            socket.Dispose();
            if (failure is OperationCanceledException && !stop.IsCancellationRequested)
                throw new SocketException((int)SocketError.TimedOut);
            throw;
        }
    }

    private Uri Under(string path) => new(Admin, "api/v1/" + path);

    private async Task<T> AskAsync<T>(Func<HttpRequestMessage> ask, Func<HttpResponseMessage, string, T> read)
    {
        for (var others = _admins.Length - 1; ; others--)
        {
            try
            {
                return await AskOnceAsync(ask(), read);
            }
            catch (HttpRequestException failure) when (IsUnreachable(failure) && others > 0)
            {
                // Nothing was sent: another node may be asked for the same.
                _at = (_at + 1) % _admins.Length;
            }
            catch (HttpRequestException failure)
            {
                if (failure.HttpRequestError == HttpRequestError.SecureConnectionError) throw Untrusted(failure);
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

    private async Task<T> AskOnceAsync<T>(HttpRequestMessage request, Func<HttpResponseMessage, string, T> read)
    {
        using (request)
        using (var response = await _http.SendAsync(request)) return read(response, await response.Content.ReadAsStringAsync());
    }

    private T AnswerOf<T>(HttpResponseMessage response, string text) => response.IsSuccessStatusCode
        ? JsonSerializer.Deserialize<T>(text, ApiJson.Options) ?? throw Foreign()
        : throw Refused(response, text);

    private AdminException Untrusted(HttpRequestException failure) => new(ExitCode.CouldNotAsk,
        _doubt.Length > 0
            ? $"the certificate of {Admin} is not trusted; give the PEM file of its authority with --cacert or CLUSTERLB_CACERT: {_doubt}"
            : $"{Admin} does not speak TLS; is it http://? {Cause(failure)}");

    /// <summary>Why a certificate is not believed; empty when it is.</summary>
    private static string DoubtOf(X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return "";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) return "it is for another name";
        var reasons = chain?.ChainStatus.Select(status => status.StatusInformation.ReplaceLineEndings(" ").Trim()).Distinct() ?? [];
        return string.Join("; ", reasons.DefaultIfEmpty("there is none"));
    }

    private static X509ChainPolicy Believing(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static bool IsUnreachable(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;

    private static bool IsRefused(HttpRequestException failure) =>
        failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    /// <summary>What the node says no to, it says in one line.</summary>
    private AdminException Refused(HttpResponseMessage response, string text)
    {
        if (response.Content.Headers.ContentType?.MediaType != Problem.MediaType)
        {
            return response.StatusCode == HttpStatusCode.NotFound
                ? Foreign()
                : new AdminException(ExitCode.CouldNotAsk, $"{Admin} answers with status {(int)response.StatusCode}");
        }

        var problem = JsonSerializer.Deserialize<Problem>(text, ApiJson.Options) ?? throw Foreign();
        return problem.Status switch
        {
            (int)HttpStatusCode.Unauthorized =>
                new AdminException(ExitCode.CouldNotAsk, $"{Admin} wants another token; give it with --token-file or CLUSTERLB_TOKEN"),
            (int)HttpStatusCode.NotFound when problem.Type == ProblemKind.UnknownPath.Type => Foreign(),
            (int)HttpStatusCode.BadRequest or (int)HttpStatusCode.NotFound or (int)HttpStatusCode.Conflict =>
                new AdminException(ExitCode.No, problem.Detail),
            (int)HttpStatusCode.UnprocessableEntity =>
                new AdminException(ExitCode.No, problem.Detail) { Lines = problem.Problems ?? [problem.Detail] },
            _ => new AdminException(ExitCode.CouldNotAsk, problem.Detail),
        };
    }

    private AdminException Foreign() => new(ExitCode.CouldNotAsk, $"{Admin} is not the admin port of a node of this version");

    private static string Cause(Exception failure) => (failure.InnerException?.Message ?? failure.Message).ReplaceLineEndings(" ");
}

/// <summary>Ends a command with a line on standard error, or several.</summary>
internal sealed class AdminException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public IReadOnlyList<string> Lines { get; init; } = [message];
}
