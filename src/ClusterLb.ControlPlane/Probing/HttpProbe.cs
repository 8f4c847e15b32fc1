using System.Text;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Probing;

/// <summary>
/// Passes on an expected status, and a text in the body when one is asked for. Redirects are not followed: it asks this process and no
/// other. On a new connection for every check: a kept one could outlive the listener that is to be tested.
/// </summary>
internal sealed class HttpProbe : IProbe
{
    public const string Name = "http";

    private const int MostExpected = 1_000;

    /// <summary>What says where a message ends, or what its connection is for, is the probe's business; <c>Host</c> has a key.</summary>
    private static readonly string[] s_own = ["Connection", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Connection", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade"];

    public string Type => Name;

    public ProbeOptions Read(IConfigurationBlock health)
    {
        var options = new HttpProbeOptions
        {
            Method = health.Text("method"),
            Path = health.Text("path"),
            HttpVersion = health.Choice("http-version", ("1.1", "1.1"), ("1.0", "1.0")),
            Host = health.Text("host"),
            Headers = health.Pairs("headers").Select(pair => new ProbeHeader(pair.Name, pair.Value)).ToEquatableList(),
            ExpectedStatus = health.List("expected-status", ReadStatus, "a status from 200 to 599, such as 200 or 204, one by one"),
            ExpectBody = health.Text("expect-body"),
        };
        if (!HttpText.IsToken(options.Method) || options.Method == "CONNECT")
            health.Report("method", $"is \"{options.Method}\"; it must be a method such as GET, HEAD or OPTIONS, and not CONNECT");
        else if (HttpText.MeantMethod(options.Method) is { } meant)
            health.Report("method", $"is \"{options.Method}\", which servers do not know: methods are case-sensitive; it must be {meant}");
        if ((!options.Path.StartsWith('/') || !HttpText.IsVisible(options.Path)) && (options.Method, options.Path) != ("OPTIONS", "*"))
            health.Report("path", $"is \"{options.Path}\"; it must begin with / and hold no spaces");
        if (!HttpText.IsVisible(options.Host) || options.Host.Contains('/'))
        {
            health.Report("host",
                $"is \"{options.Host}\"; it must be a host such as app.example.com, or empty for the backend's name or address");
        }

        foreach (var header in options.Headers) Judge(header, health);
        if (options.ExpectedStatus.Count == 0) health.Report("expected-status", "is empty; no check could ever pass");
        if (Encoding.UTF8.GetByteCount(options.ExpectBody) > MostExpected)
            health.Report("expect-body", $"is longer than {MostExpected} bytes; a few words of the body will do");
        if (options.ExpectBody.Length > 0 && options.Method == "HEAD")
            health.Report("expect-body", "is set, but an answer to HEAD has no body; use method = GET, or leave expect-body empty");
        return options;
    }

    public Task<CheckResult?> ProbeAsync(ProbePorts ports, ProbeTarget target, HealthConfig config, CancellationToken cancellation)
    {
        var options = (HttpProbeOptions)config.Probe!;
        return ports.AskAsync(target, new HttpTalk(Request(target, options), options), config);
    }

    private static (bool IsLegal, int Status) ReadStatus(string text) =>
        (int.TryParse(text, out var status) && status is >= 200 and <= 599, status);

    /// <summary>No value is repeated: it may be a password.</summary>
    private static void Judge(ProbeHeader header, IConfigurationBlock health)
    {
        if (!HttpText.IsToken(header.Name))
            health.Report("headers", $"has \"{header.Name}\"; a header's name has no spaces, no colon and no brackets");
        else if (header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            health.Report("headers", $"has {header.Name}; use the key host for it");
        else if (s_own.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
            health.Report("headers", $"has {header.Name}; a check has no body, and one connection of its own: leave it out");
        else if (header.Value.Plain.Any(c => c is < ' ' or > '~'))
            health.Report("headers", $"has a value of {header.Name} with a line break or other characters than ASCII's; leave them out");
    }

    private static byte[] Request(ProbeTarget target, HttpProbeOptions options)
    {
        var text = new StringBuilder();
        text.Append($"{options.Method} {options.Path} HTTP/{options.HttpVersion}\r\n");
        text.Append($"Host: {(options.Host.Length > 0 ? options.Host : target.Authority)}\r\n");
        if (!options.Headers.Any(header => header.Name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)))
            text.Append("User-Agent: clusterlb-health\r\n");
        foreach (var header in options.Headers) text.Append($"{header.Name}: {header.Value.Plain}\r\n");
        // RFC 9110 section 8.6: these have a body by their meaning, so that its absence is said.
        if (options.Method is "POST" or "PUT" or "PATCH") text.Append("Content-Length: 0\r\n");
        return Encoding.ASCII.GetBytes(text.Append("Connection: close\r\n\r\n").ToString());
    }
}
