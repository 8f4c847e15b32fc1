using System.Text.Json;

namespace Peers.Load;

/// <summary>
/// What one load run prints as its last line, whether wrk or ours made it. Latencies in milliseconds, <see cref="Bytes"/> of bodies.
/// </summary>
internal sealed record LoadReport(long Requests, double Bytes, double Seconds, long Errors, double P50, double P99, double P999,
    string? FirstError = null)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    public static LoadReport FromJson(string json) =>
        JsonSerializer.Deserialize<LoadReport>(json, s_json) ?? throw new InvalidOperationException("the load printed no report");
}
