using System.Globalization;
using System.Text.RegularExpressions;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests.Telemetry;

/// <summary>Formats that programs of others read: held to what Apache's documentation says of them, by a strict expression.</summary>
public sealed partial class CommonLineTests
{
    private const string Get =
        "GET /a?b=c HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0 (X11)\r\nReferer: http://r/\r\nConnection: close\r\n\r\n";

    [Fact]
    public async Task Common_is_host_time_request_status_and_bytes()
    {
        var before = DateTimeOffset.UtcNow;
        var line = Common().Match(await LineAsync(AccessLogFormat.Common, Get));

        Assert.True(line.Success);
        Assert.Equal(("127.0.0.1", "GET /a?b=c HTTP/1.1", "200", "2"),
            (line.Groups["host"].Value, line.Groups["request"].Value, line.Groups["status"].Value, line.Groups["bytes"].Value));
        var time = DateTimeOffset.ParseExact(line.Groups["time"].Value, "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture);
        Assert.InRange(time, before.AddSeconds(-1), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task Combined_has_referer_and_user_agent_behind_it()
    {
        var line = Combined().Match(await LineAsync(AccessLogFormat.Combined, Get));

        Assert.True(line.Success);
        Assert.Equal(("http://r/", "Mozilla/5.0 (X11)"), (line.Groups["referer"].Value, line.Groups["agent"].Value));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.1", "200")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0", "200")]
    [InlineData("NOT \"A\" \u001b\\ REQUEST\r\n\r\n", "NOT \\x22A\\x22 \\x1B\\x5C REQUEST", "400")]
    [InlineData("\u0016\u0003\u0001\u00ff\n\n", "\\x16\\x03\\x01\\xFF", "400")]
    public async Task What_is_not_there_is_a_dash_and_what_could_end_a_field_is_an_escape(string request, string logged, string status)
    {
        var line = Combined().Match(await LineAsync(AccessLogFormat.Combined, request));

        Assert.True(line.Success);
        Assert.Equal((logged, status, "-", "-"), (line.Groups["request"].Value, line.Groups["status"].Value,
            line.Groups["referer"].Value, line.Groups["agent"].Value));
    }

    [Fact]
    public async Task An_answer_without_content_has_a_dash_for_its_bytes() =>
        Assert.EndsWith(" 200 -", await LineAsync(AccessLogFormat.Common, Get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            StringComparison.Ordinal);

    [Fact]
    public async Task An_answer_of_our_own_has_the_bytes_of_its_content() =>
        Assert.EndsWith(" 400 16", await LineAsync(AccessLogFormat.Common, "GET / HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);

    [Fact]
    public async Task A_quote_in_a_header_ends_no_field()
    {
        var line = Combined().Match(await LineAsync(AccessLogFormat.Combined,
            "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: a\" \"b\u00e4\r\nConnection: close\r\n\r\n"));

        Assert.Equal("a\\x22 \\x22b\\xE4", line.Groups["agent"].Value);
    }

    [Fact]
    public async Task A_TCP_connection_is_a_line_without_a_request()
    {
        await using var backend = RawBackend.Start(_ => new Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Close: true));
        var listener = Configs.Listener with { Protocol = ListenerProtocol.Tcp };
        var line = Common().Match(Assert.Single(await AccessLines.OfAsync(AccessLogFormat.Common, backend, listener,
            proxy => AccessLines.SendAsync(proxy, Get))));

        Assert.Equal(("-", "000"), (line.Groups["request"].Value, line.Groups["status"].Value));
    }

    private const string Start = @"^(?<host>[0-9a-f.:]+) - - \[(?<time>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "
        + @"""(?<request>-|[\x20\x21\x23-\x5b\x5d-\x7e]*(?:\\x[0-9A-F]{2}[\x20\x21\x23-\x5b\x5d-\x7e]*)*)"" "
        + @"(?<status>\d{3}) (?<bytes>\d+|-)";

    [GeneratedRegex(Start + "$", RegexOptions.ExplicitCapture)]
    private static partial Regex Common();

    [GeneratedRegex(Start + @" ""(?<referer>[^""]+)"" ""(?<agent>[^""]+)""$", RegexOptions.ExplicitCapture)]
    private static partial Regex Combined();

    private static async Task<string> LineAsync(AccessLogFormat format, string request,
        string response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    {
        await using var backend = RawBackend.Start(_ => new Reply(response));
        return Assert.Single(await AccessLines.OfAsync(format, backend, Configs.Listener, proxy => AccessLines.SendAsync(proxy, request)));
    }
}
