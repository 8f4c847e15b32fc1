using System.Net;
using ClusterLb.Node.Api;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace ClusterLb.Node.Admin;

/// <summary>Gives each request to its route, after all that holds for every request. Any thread.</summary>
internal sealed class Dispatcher(AdminToken token, BrowserGuard guard, ILogger logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        var visit = context.Features.GetRequiredFeature<AdminVisit>();
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true) visit.AwaitBody();
        else visit.BeginRequest();
        // From here on it is the client's turn: who does not take an answer holds no place by that.
        context.Response.OnStarting(
            static state =>
            {
                ((AdminVisit)state).EndRequest();
                return Task.CompletedTask;
            }, visit);
        try
        {
            if (HttpMethods.IsHead(context.Request.Method)) await HandleHeadAsync(context, visit);
            else await RouteAsync(context, visit);
        }
        finally
        {
            visit.EndRequest();
        }
    }

    /// <summary>RFC 9110, section 9.3.2: what GET would answer, and how long it would be, without it.</summary>
    private async Task HandleHeadAsync(HttpContext context, AdminVisit visit)
    {
        var (response, body) = (context.Response, context.Response.Body);
        context.Request.Method = HttpMethods.Get;
        await using var counted = new CountedStream();
        response.Body = counted;
        await RouteAsync(context, visit);
        if (!response.HasStarted && response.StatusCode != StatusCodes.Status204NoContent) response.ContentLength = counted.Length;
        response.Body = body;
    }

    private async Task RouteAsync(HttpContext context, AdminVisit visit)
    {
        var path = context.Request.Path.Value ?? "";
        var (routes, inPath) = context.Features.GetRequiredFeature<RouteTable>().Find(path);
        if (routes.Count == 0)
        {
            await Response.WriteAsync(context, Problem.Of(ProblemKind.UnknownPath,
                $"there is nothing at {path}; what there is, GET / says"));
            return;
        }

        var allowed = MethodsOf(routes);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            (context.Response.StatusCode, context.Response.Headers.Allow) = ((int)HttpStatusCode.NoContent, string.Join(", ", allowed));
        }
        else if (routes.FirstOrDefault(route => route.Method == context.Request.Method) is { } route)
        {
            await AnswerAsync(context, visit, route, inPath);
        }
        else
        {
            context.Response.Headers.Allow = string.Join(", ", allowed);
            await Response.WriteAsync(context, Problem.Of(ProblemKind.OtherMethod,
                $"{path} does not take {context.Request.Method}; it takes {string.Join(", ", allowed)}") with
            { Allow = allowed });
        }
    }

    private async Task AnswerAsync(HttpContext context, AdminVisit visit, ApiRoute route, IReadOnlyDictionary<string, string> inPath)
    {
        try
        {
            if (route.IsGuarded && RefusalOf(context.Request) is { } problem)
            {
                if (problem.Status == (int)HttpStatusCode.Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
                await Response.WriteAsync(context, problem);
                return;
            }

            var body = await CommandBody.ReadAsync(context.Request, route.Body);
            visit.BeginRequest();
            await route.Handle(new ApiCall(context, inPath, body));
        }
        catch (Exception failure) when (IsGone(context, failure))
        {
            // Whoever asked is gone.
        }
        catch (Exception bug) when (!context.Response.HasStarted)
        {
            logger.AdminFault(route.Method, route.Path, bug);
            await Response.WriteAsync(context, Problem.Of(ProblemKind.Bug, "this request cannot be answered; the log says why"));
        }
    }

    /// <summary>Reading and writing fail before the request says that it was aborted.</summary>
    private static bool IsGone(HttpContext context, Exception failure) =>
        context.RequestAborted.IsCancellationRequested
        || (failure.InnerException ?? failure) is ConnectionAbortedException or ConnectionResetException;

    private Problem? RefusalOf(HttpRequest request) => token.Admits(request.Headers.Authorization) switch
    {
        AdminAccess.None => Problem.Of(ProblemKind.NoToken, "send the admin token as Authorization: Bearer TOKEN"),
        AdminAccess.Read when !HttpMethods.IsGet(request.Method) =>
            Problem.Of(ProblemKind.ReadOnly, $"this token reads only (node.admin.read-token); {request.Method} needs node.admin.token"),
        _ => guard.RefusalOf(request),
    };

    private static List<string> MethodsOf(IReadOnlyList<ApiRoute> routes)
    {
        var methods = routes.Select(route => route.Method).Append(HttpMethods.Options);
        if (routes.Any(route => route.Method == HttpMethods.Get)) methods = methods.Append(HttpMethods.Head);
        return [.. methods.Order(StringComparer.Ordinal)];
    }

    /// <summary>Takes everything and keeps how much it was.</summary>
    private sealed class CountedStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _length += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
