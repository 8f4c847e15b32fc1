using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterLb.Node.Admin;

/// <summary>JSON as the API speaks it.</summary>
internal static class AdminJson
{
    public static JsonSerializerOptions Options { get; } = Make(indented: false);

    /// <summary>For people who read it.</summary>
    public static JsonSerializerOptions Indented { get; } = Make(indented: true);

    public static void Configure(JsonSerializerOptions options)
    {
        // Nobody puts it into HTML, and "UP -> DOWN" should read so.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
    }

    private static JsonSerializerOptions Make(bool indented)
    {
        var options = new JsonSerializerOptions { WriteIndented = indented };
        Configure(options);
        return options;
    }
}
