using System.Globalization;
using System.Net;
using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

public sealed record HttpProbeOptions() : ProbeOptions(HttpProbe.Name, TellsFrozen: true)
{
    /// <summary>Begins with /. Default <c>/health/ready</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The Host header; empty = the backend's address, the default.</summary>
    public required string Host { get; init; }

    /// <summary>One or more, of 100 to 599. Default [200].</summary>
    public required EquatableList<int> ExpectedStatus { get; init; }
}

/// <summary>
/// Passes on an expected status. Redirects are not followed and the body does not count: it asks whether the process answers, not what it
/// says. On a new connection for every check: a kept one could outlive the listener that is to be tested.
/// </summary>
internal sealed class HttpProbe : IProbe
{
    public const string Name = "http";

    public string Type => Name;

    public ProbeOptions Read(IConfigurationBlock health)
    {
        var options = new HttpProbeOptions
        {
            Path = health.Text("path"),
            Host = health.Text("host"),
            ExpectedStatus = health.List("expected-status", ReadStatus, "a status from 100 to 599"),
        };
        if (!options.Path.StartsWith('/') || !HttpText.IsVisible(options.Path))
            health.Report("path", $"is \"{options.Path}\"; it must begin with / and hold no spaces");
        if (!HttpText.IsVisible(options.Host) || options.Host.Contains('/'))
            health.Report("host", $"is \"{options.Host}\"; it must be a host such as app.example.com, or empty for the backend's address");
        if (options.ExpectedStatus.Count == 0) health.Report("expected-status", "is empty; no check could ever pass");
        return options;
    }

    public async Task<CheckResult?> ProbeAsync(ProbePorts ports, IPEndPoint endPoint, HealthConfig config, CancellationToken cancellation)
    {
        var options = (HttpProbeOptions)config.Probe!;
        var request = Request(endPoint, options);
        var reply = await ports.Transport.AskAsync(endPoint, request, StatusReader.Read, config.Timeout).ConfigureAwait(false);
        if (reply.End != ProbeEnd.Answered) return ProbeFailures.Of(reply.End, config);
        if (reply.Answer == StatusReader.NotHttp) return new CheckResult(false, "not HTTP");
        var isExpected = options.ExpectedStatus.Contains(reply.Answer);
        return new CheckResult(isExpected, string.Create(CultureInfo.InvariantCulture, $"status {reply.Answer}"));
    }

    private static (bool IsLegal, int Status) ReadStatus(string text) =>
        (int.TryParse(text, out var status) && status is >= 100 and <= 599, status);

    private static byte[] Request(IPEndPoint endPoint, HttpProbeOptions options)
    {
        var host = options.Host.Length > 0 ? options.Host : endPoint.ToString();
        return Encoding.ASCII.GetBytes(
            $"GET {options.Path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: clusterlb-health\r\nConnection: close\r\n\r\n");
    }
}
