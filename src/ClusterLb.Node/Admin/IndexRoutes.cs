using System.ComponentModel;
using System.Text.Json.Nodes;
using ClusterLb.Node.Api;
using ClusterLb.Node.Lifecycle;

namespace ClusterLb.Node.Admin;

/// <summary>What the port says of itself, to people who try it out and to programs.</summary>
internal static class IndexRoutes
{
    /// <param name="others">All other routes of the port.</param>
    public static RouteTable Beside(IReadOnlyList<ApiRoute> others)
    {
        RouteTable? all = null;
        // Made when it is first asked for: most nodes never are.
        var document = new Lazy<JsonObject>(() => OpenApiDocument.Of(all!, ProductVersion.Text));
        var links = others.Where(IsComplete).Select(route => route.Path).Append(OpenApiDocument.Path)
            .ToDictionary(path => path.Split('/')[^1].Split('.')[0]);
        all = new RouteTable([
            ApiRoute.Get<IndexReport>("/", "get_index", "What this is, and where everything else is.",
                _ => new IndexReport("ClusterLb", ProductVersion.Text, links)),
            ApiRoute.Get<JsonObject>(OpenApiDocument.Path, "get_openapi", "This document.", _ => document.Value) with { IsGuarded = false },
            .. others,
        ]);
        return all;
    }

    private static bool IsComplete(ApiRoute route) => route.Method == HttpMethods.Get && !RouteTable.NamesIn(route.Path).Any()
        && !route.Query.Any(parameter => parameter.IsRequired);
}

internal sealed record IndexReport(
    [Description("ClusterLb.")] string Product,
    [Description("Of the program, such as 0.1.0.")] string Version,
    [Description("Paths that a GET needs nothing else for, by their last part.")] IReadOnlyDictionary<string, string> Links);
