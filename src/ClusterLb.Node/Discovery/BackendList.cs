using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.Node.Discovery;

/// <summary>
/// Reads a JSON list of backends, each an address or <c>{ "address", "weight", "max-in-flight", "priority" }</c>; the list may be in
/// <c>{ "backends": [] }</c>. One that is wrong anywhere is wrong as a whole: what it means cannot be known.
/// </summary>
internal static class BackendList
{
    public static SourceAnswer Read(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("backends", out var inner)) root = inner;
        if (root.ValueKind != JsonValueKind.Array) return new NoAnswer("is no list; it must be such as [\"10.0.0.1:8080\"]");
        var backends = new List<FoundBackend>();
        foreach (var (i, item) in root.EnumerateArray().Index())
        {
            if (ReadBackend(item, out var problem) is not { } backend)
                return new NoAnswer(string.Create(CultureInfo.InvariantCulture, $"backend {i} of the list {problem}"));
            backends.Add(backend);
        }

        if (backends.GroupBy(backend => backend.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return new NoAnswer($"has {twice.Key} twice");
        return backends.Count == 0 ? new NobodyFound("the list is empty") : new FoundBackends(backends.ToEquatableList(), null);
    }

    private static FoundBackend? ReadBackend(JsonElement item, out string problem)
    {
        problem = "is neither an address nor a block; it must be such as \"10.0.0.1:8080\" or "
            + " {\"address\": \"10.0.0.1:8080\", \"weight\": 2}";
        if (item.ValueKind == JsonValueKind.String) return At(item.GetString()!, out problem);
        if (item.ValueKind != JsonValueKind.Object) return null;
        var (backend, address) = ((FoundBackend?)null, "");
        if (item.TryGetProperty("address", out var text) && text.ValueKind == JsonValueKind.String) address = text.GetString()!;
        backend = At(address, out problem);
        foreach (var key in item.EnumerateObject())
        {
            if (backend is null) return null;
            backend = key.Name switch
            {
                "address" => backend,
                "weight" => Number(key, 256, out problem) is { } weight ? backend with { Weight = weight } : null,
                "max-in-flight" => Number(key, 1_000_000, out problem) is { } most ? backend with { MaxInFlight = most } : null,
                "priority" => Number(key, 65_535, out problem) is { } priority ? backend with { Priority = priority } : null,
                _ => Unknown(key, out problem),
            };
        }

        return backend;
    }

    private static FoundBackend? At(string address, out string problem)
    {
        problem = $"has \"{address}\" for an address; it must be an IP address of one machine and a port, such as "
            + "10.0.0.1:8080 or [::1]:8080";
        // The library also takes 127.1 and reads 010.0.0.1 as octal.
        if (!IPEndPoint.TryParse(address, out var endPoint) || endPoint.Port == 0
            || (endPoint.AddressFamily == AddressFamily.InterNetwork && endPoint.ToString() != address))
        {
            return null;
        }

        if (endPoint.Address.IsIPv4MappedToIPv6) endPoint.Address = endPoint.Address.MapToIPv4();
        return FoundBackend.IsOfOneMachine(endPoint.Address) ? FoundBackend.At(endPoint) : null;
    }

    private static int? Number(JsonProperty key, int most, out string problem)
    {
        problem = string.Create(CultureInfo.InvariantCulture,
            $"has {key.Value} for {key.Name}; it must be a whole number from 0 to {most}");
        return key.Value.ValueKind == JsonValueKind.Number && key.Value.TryGetInt32(out var value) && value >= 0 && value <= most
            ? value
            : null;
    }

    private static FoundBackend? Unknown(JsonProperty key, out string problem)
    {
        problem = $"has an unknown key {key.Name}; the keys are address, weight, max-in-flight and priority";
        return null;
    }
}
