using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterLb.Node.Tests.Api;

/// <summary>
/// Compares JSON with a JSON Schema of the kind that our document has. It knows only what it checks: a keyword that is new to it is an
/// error, so that nothing in the document is unchecked. A key that no schema names is an error, too.
/// </summary>
internal sealed class SchemaCheck(JsonNode document)
{
    private static readonly string[] s_remarks = ["description", "default", "examples", "required", "properties"];

    /// <summary>The first difference, with its place; empty = there is none.</summary>
    public string Compare(JsonNode? value, JsonNode schema, string at = "$")
    {
        // A schema of true allows everything.
        if (schema is JsonValue) return "";
        foreach (var (keyword, rule) in schema.AsObject())
        {
            var problem = keyword switch
            {
                "$ref" => Compare(value, Resolve(rule!.GetValue<string>()), at),
                "anyOf" => rule!.AsArray().Any(one => Compare(value, one!, at).Length == 0) ? "" : $"{at} is none of {rule}",
                "type" => IsOf(value, rule!) ? "" : $"{at} is {value?.ToJsonString() ?? "null"}, not {rule!.ToJsonString()}",
                "enum" => rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)) ? "" : $"{at} is {value}, not of {rule}",
                "minimum" => (double)value!.AsValue() >= (double)rule!.AsValue() ? "" : $"{at} is {value}, less than {rule}",
                "maximum" => (double)value!.AsValue() <= (double)rule!.AsValue() ? "" : $"{at} is {value}, more than {rule}",
                "format" when rule!.GetValue<string>() == "date-time" => value is null || IsTime(value) ? "" : $"{at} is {value}, no time",
                "items" => FirstOf(value as JsonArray ?? [], (one, i) => Compare(one, rule!, $"{at}[{i}]")),
                "additionalProperties" => "",
                _ => s_remarks.Contains(keyword) ? "" : $"{at}: what does {keyword} mean?",
            };
            if (problem.Length > 0) return problem;
        }

        return value is JsonObject one && (schema["properties"] ?? schema["additionalProperties"]) is not null
            ? CompareMembers(one, schema, at)
            : "";
    }

    private string CompareMembers(JsonObject value, JsonNode schema, string at)
    {
        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            if (!value.ContainsKey(name!.GetValue<string>())) return $"{at} has no {name}";
        }

        return FirstOf(value, (member, _) => (schema["properties"]?[member.Key] ?? schema["additionalProperties"]) is JsonObject known
            ? Compare(member.Value, known, $"{at}.{member.Key}")
            : $"{at} has {member.Key}, which is not in the document");
    }

    private JsonNode Resolve(string pointer) =>
        pointer.Split('/').Skip(1).Aggregate(document, (node, key) => node[key] ?? throw new KeyNotFoundException(pointer));

    private static string FirstOf<T>(IEnumerable<T> all, Func<T, int, string> problemOf) =>
        all.Select(problemOf).FirstOrDefault(problem => problem.Length > 0) ?? "";

    private static bool IsTime(JsonNode? value) =>
        DateTimeOffset.TryParse(value?.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsOf(JsonNode? value, JsonNode type) => type is JsonArray several
        ? several.Any(one => IsOf(value, one!))
        : type.GetValue<string>() switch
        {
            "null" => value is null,
            "object" => value is JsonObject,
            "array" => value is JsonArray,
            "boolean" => value?.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
            "string" => value?.GetValueKind() == System.Text.Json.JsonValueKind.String,
            "number" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number,
            "integer" => value?.GetValueKind() == System.Text.Json.JsonValueKind.Number && long.TryParse(value.ToJsonString(), out _),
            var other => throw new NotSupportedException(other),
        };
}
