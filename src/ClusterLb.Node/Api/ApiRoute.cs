using System.Net;
using System.Text;

namespace ClusterLb.Node.Api;

/// <summary>
/// One method of one path: what it is, for the document, and what it does, for the dispatcher. There is no other way to answer a request,
/// so nothing is answered that is not documented.
/// </summary>
/// <param name="Method">GET or POST; every GET is also a HEAD.</param>
/// <param name="Path">Such as <c>/api/v1/pools/{pool}</c>.</param>
/// <param name="Id">Unique; what generated clients call it.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Handle">Answers.</param>
internal sealed record ApiRoute(string Method, string Path, string Id, string Summary, Func<ApiCall, Task> Handle)
{
    /// <summary>Where the API begins.</summary>
    public const string Root = "/api/v1";

    /// <summary>Needs the token, when there is one; else a Host of this machine.</summary>
    public bool IsGuarded { get; init; } = Path.StartsWith(Root + "/", StringComparison.Ordinal);

    /// <summary>Parameters in the query.</summary>
    public IReadOnlyList<ApiParameter> Query { get; init; } = [];

    /// <summary>Keys of the body; none = it takes no body.</summary>
    public IReadOnlyList<BodyKey> Body { get; init; } = [];

    /// <summary>Of the JSON that it answers; null = text.</summary>
    public Type? Answer { get; init; }

    /// <summary>Of the answer.</summary>
    public IReadOnlyList<string> MediaTypes { get; init; } = ["application/json"];

    /// <summary>Beside those that every guarded route or route with a body has.</summary>
    public IReadOnlyList<ProblemKind> Problems { get; init; } = [];

    /// <summary>Of answers that are no problem.</summary>
    public IReadOnlyList<HttpStatusCode> Statuses { get; init; } = [HttpStatusCode.OK];

    public static ApiRoute Get<T>(string path, string id, string summary, Func<ApiCall, Task<ApiResult<T>>> answer) where T : class =>
        Of(HttpMethods.Get, path, id, summary, answer);

    public static ApiRoute Get<T>(string path, string id, string summary, Func<ApiCall, ApiResult<T>> answer) where T : class =>
        Of(HttpMethods.Get, path, id, summary, call => Task.FromResult(answer(call)));

    public static ApiRoute Post<T>(string path, string id, string summary, Func<ApiCall, Task<ApiResult<T>>> answer) where T : class =>
        Of(HttpMethods.Post, path, id, summary, answer);

    /// <summary>One that is read by people and by programs that look at the status only.</summary>
    public static ApiRoute Text(string path, string id, string summary, Func<Task<(HttpStatusCode Status, string Line)>> answer) =>
        new(HttpMethods.Get, path, id, summary, async call =>
        {
            var (status, line) = await answer();
            await Response.WriteAsync(call.Context, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(line + "\n"));
        })
        { MediaTypes = ["text/plain"] };

    private static ApiRoute Of<T>(string method, string path, string id, string summary, Func<ApiCall, Task<ApiResult<T>>> answer)
        where T : class => new(method, path, id, summary, async call =>
        {
            var (value, problem) = await answer(call);
            if (problem is null) await Response.WriteAsync(call.Context, value!);
            else await Response.WriteAsync(call.Context, problem);
        })
        { Answer = typeof(T) };
}
