using System.Globalization;
using System.Net;
using ClusterLb.ControlPlane.Names;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.Node.Discovery;

/// <summary><c>dns:NAME:PORT</c>: every address of a name, of both families, is a backend.</summary>
/// <param name="name">Asked for.</param>
/// <param name="port">Of all.</param>
internal sealed class DnsSource(string name, int port, INameResolver names) : IBackendSource
{
    private const string Example = "dns:app.example.com:8080";

    public static SourceKind Kind { get; } = new("dns", Example, ProblemOf, (place, context) =>
    {
        var (host, port) = Split(place)!.Value;
        return new DnsSource(host, port, context.Names);
    });

    public async Task<SourceAnswer> AskAsync(CancellationToken stopping)
    {
        var answer = await names.ResolveAsync(name, stopping);
        stopping.ThrowIfCancellationRequested();
        if (answer.Addresses.Count == 0) return answer.IsNobody ? new NobodyFound(answer.Problem) : new NoAnswer(answer.Problem);
        var backends = answer.Addresses.Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
            .Where(FoundBackend.IsOfOneMachine).Distinct().Select(address => FoundBackend.At(new IPEndPoint(address, port)))
            .ToEquatableList();
        return backends.Count > 0
            ? new FoundBackends(backends, answer.TimeToLive)
            : new NoAnswer($"it has {answer.Addresses[0]} for an address, which nobody can connect to");
    }

    public void Dispose()
    {
    }

    private static string ProblemOf(string place) => Split(place) is not null
        ? ""
        : $"is \"dns:{place}\"; it must be dns:NAME:PORT with a host name and a port from 1 to 65535, such as {Example}";

    private static (string Host, int Port)? Split(string place)
    {
        var colon = place.LastIndexOf(':');
        return colon > 0 && SourceKinds.IsHostName(place[..colon]) && !IPAddress.TryParse(place[..colon], out _)
            && int.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65_535
            ? (place[..colon], port)
            : null;
    }
}
