using System.Reflection;
using System.Text.Json.Nodes;
using ClusterLb.Node.Api;

namespace ClusterLb.Node.Admin;

/// <summary>What the port says of itself, to people who try it out and to programs.</summary>
internal static class IndexRoutes
{
    private static readonly string s_version =
        typeof(IndexRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <param name="others">All other routes of the port.</param>
    public static RouteTable Beside(IReadOnlyList<ApiRoute> others)
    {
        RouteTable? all = null;
        // Made when it is first asked for: most nodes never are.
        var document = new Lazy<JsonObject>(() => OpenApiDocument.Of(all!, s_version));
        var links = others.Where(IsComplete).Select(route => route.Path).Append(OpenApiDocument.Path)
            .ToDictionary(path => path.Split('/')[^1].Split('.')[0]);
        all = new RouteTable([
            ApiRoute.Get<IndexReport>("/", "get_index", "What this is, and where everything else is.",
                _ => new IndexReport("ClusterLb", s_version, links)),
            ApiRoute.Get<JsonObject>(OpenApiDocument.Path, "get_openapi", "This document.", _ => document.Value) with { IsGuarded = false },
            .. others,
        ]);
        return all;
    }

    private static bool IsComplete(ApiRoute route) => route.Method == HttpMethods.Get && !RouteTable.NamesIn(route.Path).Any()
        && !route.Query.Any(parameter => parameter.IsRequired);
}

/// <param name="Product">ClusterLb.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Links">Paths that a GET needs nothing else for, by their last part.</param>
internal sealed record IndexReport(string Product, string Version, IReadOnlyDictionary<string, string> Links);
