using System.Text;
using System.Text.Json;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Hosting;
using ClusterLb.Node.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Logging;

public sealed partial class NodeLogsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_line_says_when_who_and_what()
    {
        var line = Assert.Single(Log(LogFormat.Text, logging => logging.CreateLogger("clusterlb").BackendEven("app/b1")));

        Assert.Matches(@"^\d\d:00:00\.000 info: clusterlb\[12\] backend app/b1 gets its fair share again$", line);
    }

    [Fact]
    public void In_JSON_it_says_the_same_and_its_values_by_name()
    {
        var line = Assert.Single(Log(LogFormat.Json, logging => logging.CreateLogger("clusterlb").BackendEven("app/b1")));

        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        Assert.Equal(
            ("2026-11-29T12:00:00.000Z", 12, "info", "clusterlb", "backend app/b1 gets its fair share again", "app/b1"),
            (Text(root, "time"), root.GetProperty("event").GetInt32(), Text(root, "level"), Text(root, "category"),
                Text(root, "message"), Text(root.GetProperty("values"), "backend")));
    }

    [Fact]
    public void Nothing_that_a_terminal_obeys_is_in_a_line()
    {
        const string Hostile = "\u001b[2J\u009b\u202e\u2028\nforged line, half \ud83d";
        foreach (var format in Enum.GetValues<LogFormat>())
        {
            var line = Assert.Single(Log(format,
                logging => logging.CreateLogger("clusterlb").BackendChanged("app/b1", "UP", "DOWN", Hostile)));
            Assert.DoesNotContain(line, c => char.IsControl(c) || c is '\u202e' or '\u2028' || char.IsSurrogate(c));
            if (format == LogFormat.Json) JsonDocument.Parse(line).Dispose();
        }
    }

    [Theory]
    [InlineData("Akka.Remote.EndpointWriter", "Association with 10.0.0.2:55555 failed")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "Connection id 0HN8 bad request data")]
    public void What_the_network_code_of_a_library_throws_is_one_line_without_a_stack_trace(string category, string message)
    {
        var line = Assert.Single(Log(LogFormat.Text, logging => Frame(logging.CreateLogger(category), Thrown(), message)));

        Assert.EndsWith($"{message} IOException: handshake <- InvalidOperationException: why", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clusterlb")]
    [InlineData("ClusterLb.ControlPlane.Hosting.ControlPlaneHost")]
    [InlineData("ClusterLb.ControlPlane.Remoting.ClusterTransport")]
    public void A_fault_of_our_own_comes_with_its_stack_trace_once(string category)
    {
        var lines = Log(LogFormat.Text, logging =>
        {
            for (var i = 0; i < 3; i++) logging.CreateLogger(category).DataPlaneFault(Thrown());
        });

        Assert.Equal([true, false, false], lines.Select(line => line.Contains(nameof(Thrown), StringComparison.Ordinal)));
    }

    [Fact]
    public void Lines_of_a_library_are_counted_by_how_they_begin_whatever_a_stranger_put_into_them()
    {
        var lines = Log(LogFormat.Text, logging =>
        {
            var akka = logging.CreateLogger("Akka.Remote.EndpointReader");
            for (var i = 0; i < 20_000; i++) Frame(akka, null, $"Dropping message [evil-{i}] for recipient [{i}]");
            for (var i = 0; i < 3; i++) Frame(akka, null, $"Association with {i} failed");
        });

        Assert.Equal(LogLimiter.ForeignBudget + 3 + 1, lines.Length);
        Assert.Contains(lines, line =>
            line.Contains($"\"Dropping message \": {20_000 - LogLimiter.ForeignBudget} more like this were left out",
            StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_without_end_is_cut_and_says_so()
    {
        foreach (var format in Enum.GetValues<LogFormat>())
        {
            var line = Assert.Single(Log(format,
                logging => logging.CreateLogger("clusterlb").BackendChanged("b", "UP", "DOWN", new string('x', 1_000_000))));
            Assert.Contains("[cut:10000", line, StringComparison.Ordinal);
            Assert.InRange(line.Length, 1_000, 20_000);
            if (format == LogFormat.Json) JsonDocument.Parse(line).Dispose();
        }
    }

    [Fact]
    public void Below_its_level_it_says_nothing()
    {
        using var output = new MemoryStream();
        using (var logs = new NodeLogs(new LogConfig { Level = LogLevelConfig.Warning, Format = LogFormat.Text }, output,
            _time))
        {
            logs.Factory.CreateLogger("clusterlb").BackendEven("app/b1");
        }

        Assert.Empty(output.ToArray());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static IOException Thrown()
    {
        try
        {
            throw new IOException("handshake", new InvalidOperationException("why"));
        }
        catch (IOException failure)
        {
            return failure;
        }
    }

    /// <summary>As Akka.Hosting hands on what Akka logs.</summary>
    [LoggerMessage(EventId = 0, Level = LogLevel.Warning, Message = "[{Source}][{Thread:0000}]: {Message}")]
    private static partial void Framed(ILogger logger, Exception? failure, string source, int thread, string message);

    private static void Frame(ILogger logger, Exception? failure, string message) =>
        Framed(logger, failure, "akka://clusterlb", 7, message);

    private string[] Log(LogFormat format, Action<ILoggerFactory> log)
    {
        using var output = new MemoryStream();
        using (var logs = new NodeLogs(new LogConfig { Level = LogLevelConfig.Info, Format = format }, output, _time)) log(logs.Factory);
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
