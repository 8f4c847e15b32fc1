using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace ClusterLb.Node.Api;

/// <summary>JSON Schemas of the types that answers have; each record of ours is written once and referred to by its name.</summary>
internal sealed class SchemaBook
{
    private const string Place = "#/components/schemas/";

    private readonly SortedDictionary<string, JsonNode> _records = new(StringComparer.Ordinal);

    /// <summary>Of every record that was asked for, or is in one.</summary>
    public JsonObject Records => new(_records.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value.DeepClone())));

    public JsonNode Of(Type type) => IsRecord(type) ? Refer(type) : Export(type);

    /// <summary>What is known of a key beyond its type.</summary>
    public void Say(Type type, string key, JsonObject schema)
    {
        var properties = _records[type.Name]["properties"]!;
        schema["description"] = properties[key]!["description"]!.DeepClone();
        properties[key] = schema;
    }

    private JsonObject Refer(Type type)
    {
        if (!_records.ContainsKey(type.Name))
        {
            // First: a record may hold its own kind.
            _records[type.Name] = new JsonObject();
            _records[type.Name] = Export(type);
        }

        return new JsonObject { ["$ref"] = Place + type.Name };
    }

    private JsonNode Export(Type type) => ApiJson.Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) =>
        {
            if (context.Path.Length == 0) return schema;
            var whole = Whole(context, schema);
            // Only at the property itself: items of a list have the same one.
            if (context.PropertyInfo is { } property && DescriptionOf(property) is { } said && whole is JsonObject described)
                described["description"] = said;
            return whole;
        },
    });

    private JsonNode Whole(JsonSchemaExporterContext context, JsonNode schema)
    {
        var inner = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        // What the exporter has met before it refers to by its place in that schema, which is not its place in the document.
        if (!IsRecord(inner) && schema["$ref"] is null) return schema;
        var isNullable = context.PropertyInfo?.IsGetNullable == true;
        return isNullable ? new JsonObject { ["anyOf"] = new JsonArray(Of(inner), new JsonObject { ["type"] = "null" }) } : Of(inner);
    }

    /// <summary>Beside the key in the record, where it says units and ranges to readers of the code, too.</summary>
    private static string? DescriptionOf(JsonPropertyInfo property) =>
        (Of(property.AssociatedParameter?.AttributeProvider) ?? Of(property.AttributeProvider))?.Description;

    private static DescriptionAttribute? Of(ICustomAttributeProvider? member) =>
        member?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: false).OfType<DescriptionAttribute>().FirstOrDefault();

    private static bool IsRecord(Type type) =>
        type is { IsClass: true, IsGenericType: false } && type.Namespace?.StartsWith("ClusterLb", StringComparison.Ordinal) == true;
}
