using System.Buffers;
using System.Globalization;
using System.Text;
using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.Node.Configuration;
using ClusterLb.Node.Lifecycle;
using ClusterLb.Node.Reload;
using ClusterLb.Node.Telemetry;
using ClusterLb.Node.Tests.Configuration;
using ClusterLb.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Reload;

/// <summary>What is read and what becomes of it, without a node around it.</summary>
public sealed class ConfigurationReloadTests : IDisposable
{
    private const string Other = Conf.Minimal + "clusterlb.pools.app.balance = random\n";

    private readonly FakeTimeProvider _time = new();
    private readonly ConfFile _file = new(Conf.Minimal);
    private List<string> _done = [];
    private readonly NodeState _state;
    private readonly EventJournal _journal;
    private readonly ConfigurationReload _reload;

    public ConfigurationReloadTests()
    {
        var sources = new ConfigurationSources([_file.Path], [], new Dictionary<string, string>());
        _state = new NodeState(() => true, () => true, _time);
        _journal = new EventJournal("lb1", NullLogger.Instance, _time);
        _reload = new ConfigurationReload(sources, Conf.Legal(ConfigurationReader.Read(sources)),
            [PartOf("one"), PartOf("two"), PartOf("three")], _state, _journal, NullLogger.Instance, _time);
    }

    private string? Failing { get; set; }

    public void Dispose()
    {
        _reload.Dispose();
        _file.Dispose();
    }

    [Fact]
    public async Task What_is_asked_of_a_node_that_starts_is_done_when_it_serves_and_once()
    {
        Write(Other);
        _reload.Begin();
        _reload.Begin();
        Assert.Empty(_done);

        Serve();
        await Eventually.Is(() => Read("clusterlb_reloads_total{result=\"applied\"}") == 1);
        _reload.BeginIfAsked();

        Assert.Equal(["commit one", "commit two", "commit three"], _done);
    }

    [Fact]
    public async Task A_node_that_starts_or_leaves_says_nothing_about_its_files()
    {
        Write("nonsense");

        Assert.Contains("starting", Assert.Single((await _reload.RunAsync(isDryRun: false)).Problems), StringComparison.Ordinal);
        Serve();
        _state.Leave();
        Assert.Contains("leaving", Assert.Single((await _reload.RunAsync(isDryRun: false)).Problems), StringComparison.Ordinal);

        Assert.Equal((0, 1), (Read("clusterlb_reloads_total{result=\"refused\"}"), Read("clusterlb_config_last_reload_successful")));
        Assert.Empty(_journal.Read());
    }

    [Fact]
    public async Task A_reload_of_all_nodes_that_finds_nothing_to_change_is_a_success_after_one_that_was_refused()
    {
        Serve();
        Write("nonsense");
        await _reload.RunAsync(isDryRun: false);
        Assert.Equal(0, Read("clusterlb_config_last_reload_successful"));
        Write(Conf.Minimal);

        (await ((IOwnFiles)_reload).PrepareAsync(isDryRun: false)).Abandon();

        Assert.Equal((1, 1), (Read("clusterlb_reloads_total{result=\"unchanged\"}"), Read("clusterlb_config_last_reload_successful")));
    }

    [Fact]
    public async Task When_a_part_fails_by_a_bug_those_after_it_give_back_what_they_got()
    {
        Serve();
        Write(Other);
        Failing = "two";

        await Assert.ThrowsAsync<InvalidOperationException>(() => _reload.RunAsync(isDryRun: false));
        Assert.Equal(["commit one", "commit two", "abandon three"], _done);

        // And the next one has its turn.
        (_done, Failing) = ([], null);
        Assert.NotNull((await _reload.RunAsync(isDryRun: false)).Report);
    }

    private void Write(string text) => File.WriteAllText(_file.Path, text);

    /// <summary>As the node has it: whoever is told of the change is told.</summary>
    private void Serve()
    {
        _state.Changed += _reload.BeginIfAsked;
        _state.Serve();
    }

    private ReloadPart PartOf(string name) => new(_ => Task.FromResult(new PreparedPart(
        () =>
        {
            Add($"commit {name}");
            return name == Failing ? throw new InvalidOperationException("a bug") : Task.CompletedTask;
        },
        () =>
        {
            Add($"abandon {name}");
            return Task.CompletedTask;
        })));

    private void Add(string done) => _done.Add(done);

    private double Read(string sample)
    {
        var metrics = new ArrayBufferWriter<byte>();
        _reload.Counts.Write(new MetricWriter(metrics));
        var lines = Encoding.UTF8.GetString(metrics.WrittenSpan).Split('\n');
        var line = lines.Single(line => line.StartsWith(sample + " ", StringComparison.Ordinal));
        return double.Parse(line[(sample.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
