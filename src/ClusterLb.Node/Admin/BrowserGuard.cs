using System.Net;
using ClusterLb.Node.Api;

namespace ClusterLb.Node.Admin;

/// <summary>
/// Keeps web pages that an operator looks at from speaking to the API through the operator's browser: a loopback admin port needs no token.
/// </summary>
internal sealed class BrowserGuard(bool hasToken)
{
    /// <summary>Null when the request may pass.</summary>
    public Problem? RefusalOf(HttpRequest request)
    {
        if (IsFromAnotherSite(request))
            return Problem.Of(ProblemKind.ForeignPage, "a web page of another site may not command this node");
        // A page can make its own name resolve to this machine, but no name of others and no literal address; a token it does not know.
        return hasToken || IsLoopback(request.Host.Host)
            ? null
            : Problem.Of(ProblemKind.ForeignHost,
                $"the Host header is \"{request.Host.Value}\"; without node.admin.token it must be localhost or a loopback address, "
                + $"as in {request.Scheme}://127.0.0.1:{request.HttpContext.Connection.LocalPort}");
    }

    /// <summary>Browsers say which page sends a POST.</summary>
    private static bool IsFromAnotherSite(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Headers.Origin is [{ } origin]
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == request.Host.Value);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
