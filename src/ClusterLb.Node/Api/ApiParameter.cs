using System.Text.Json.Nodes;

namespace ClusterLb.Node.Api;

/// <summary>One parameter of a route.</summary>
/// <param name="Name">In the query, or between braces in the path.</param>
/// <param name="Description">For people.</param>
/// <param name="Schema">Of its value.</param>
/// <param name="IsRequired">Those in the path are.</param>
internal sealed record ApiParameter(string Name, string Description, JsonObject Schema, bool IsRequired)
{
    private static readonly Dictionary<string, string> s_inPath = new()
    {
        ["pool"] = "The name of a pool.",
        ["backend"] = "The name of a backend in its pool.",
        ["node"] = "The name of a node.",
    };

    public static ApiParameter Text(string name, string description, bool isRequired = false) =>
        new(name, description, new JsonObject { ["type"] = "string" }, isRequired);

    public static ApiParameter Number(string name, string description, int least, int most, int otherwise) =>
        new(name, description,
            new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most, ["default"] = otherwise }, IsRequired: false);

    /// <exception cref="KeyNotFoundException">A template has a name that nothing is said about.</exception>
    public static ApiParameter InPath(string name) => Text(name, s_inPath[name], isRequired: true);
}
