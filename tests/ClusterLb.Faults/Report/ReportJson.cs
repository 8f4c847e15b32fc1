using System.Text.Json;

namespace ClusterLb.Faults.Report;

/// <summary>Reports for machines: one array, keys in snake_case.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public static string Of(IReadOnlyList<ScenarioReport> reports) => JsonSerializer.Serialize(reports, s_options);
}
