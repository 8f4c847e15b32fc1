using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterLb.Node.Api;

/// <summary>JSON as the API speaks it: keys in snake_case, words of a list as configurations write them (least-connections).</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Make(indented: false);

    /// <summary>For people who read it.</summary>
    public static JsonSerializerOptions Indented { get; } = Make(indented: true);

    public static void Configure(JsonSerializerOptions options)
    {
        // Nobody puts it into HTML, and "UP -> DOWN" should read so.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
    }

    private static JsonSerializerOptions Make(bool indented)
    {
        var options = new JsonSerializerOptions { WriteIndented = indented };
        Configure(options);
        // Otherwise whoever asks for a schema before anything was written is refused.
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
