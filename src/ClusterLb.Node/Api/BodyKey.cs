using System.Text.Json.Nodes;

namespace ClusterLb.Node.Api;

/// <summary>One key of the JSON object that a command is.</summary>
/// <param name="Schema">Of its value.</param>
internal sealed record BodyKey(string Name, string Description, JsonObject Schema, bool IsRequired)
{
    public static BodyKey Choice(string name, string description, bool isRequired, params string[] legal) =>
        new(name, description, new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. legal.Select(one => JsonValue.Create(one))]),
        }, isRequired);

    public static BodyKey Flag(string name, string description) =>
        new(name, description, new JsonObject { ["type"] = "boolean", ["default"] = false }, IsRequired: false);

    /// <param name="orNull">Null has a meaning of its own.</param>
    public static BodyKey Number(string name, string description, int least, int most, bool orNull = false) =>
        new(name, description, new JsonObject
        {
            ["type"] = orNull ? new JsonArray("integer", "null") : "integer",
            ["minimum"] = least,
            ["maximum"] = most,
        }, IsRequired: true);

    public static BodyKey Duration(string name, string description) =>
        new(name, description, new JsonObject { ["type"] = "string", ["examples"] = new JsonArray("30s") }, IsRequired: false);
}
