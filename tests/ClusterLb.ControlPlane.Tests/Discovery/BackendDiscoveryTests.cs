using System.Collections.Immutable;
using System.Net;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Discovery;

public sealed class BackendDiscoveryTests : IAsyncDisposable
{
    private const string App = "dns:app.internal:80";

    private static readonly SourceKey s_key = new("app", App);

    private readonly ScriptedSource _source = new();
    private readonly TestMemory _test = new(s_pool);

    private static readonly PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1)) with
    {
        Health = Configs.Pool.Health with { Probe = Configs.TcpProbe },
    };

    public BackendDiscoveryTests() => _test.Sources[App] = _source;

    public ValueTask DisposeAsync() => _test.Discovery.DisposeAsync();

    [Fact]
    public async Task What_a_source_has_is_in_the_pool_from_the_first_table_on()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80");
        await StartAsync();

        Assert.Equal(["b1", "10.0.0.1:80", "10.0.0.2:80"], Names);
        Assert.Equal(App, _test.Pool.Members[1].Source);
        Assert.Equal(["dns:app.internal:80 has 10.0.0.1:80, 10.0.0.2:80"], Events);
    }

    [Fact]
    public async Task Who_stays_is_the_same_backend_and_who_leaves_is_gone()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80");
        await StartAsync();
        var stays = _test.Pool.Members[2];

        _source.Now = ScriptedSource.Found("10.0.0.2:80", "10.0.0.3:80");
        await AdvanceUntilAsync(() => Names.Contains("10.0.0.3:80"));

        Assert.Equal(["b1", "10.0.0.2:80", "10.0.0.3:80"], Names);
        Assert.True(_test.Pool.Members[1].IsSameServerAs(stays));
    }

    [Fact]
    public async Task A_start_waits_for_a_source_no_longer_than_its_bound()
    {
        _source.Silence = new TaskCompletionSource();
        var starting = StartAsync();
        Assert.False(starting.IsCompleted);
        _test.Time.Advance(DesiredTable.StartBound);
        await starting;
        Assert.Equal(["b1"], Names);

        _source.Now = ScriptedSource.Found("10.0.0.1:80");
        _source.Silence.SetResult();
        await Eventually.Is(() => Names.Contains("10.0.0.1:80"));
    }

    [Fact]
    public async Task A_source_that_cannot_tell_is_told_of_once_and_takes_nobody_away()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80");
        await StartAsync();
        _source.Now = new NoAnswer("a name server answers ServerFailure");
        await AdvanceUntilAsync(() => _source.Asked > 4);

        Assert.Equal(["b1", "10.0.0.1:80"], Names);
        Assert.Equal(
            "dns:app.internal:80 names nobody: a name server answers ServerFailure; its 1 backends stay", Assert.Single(Events.Skip(1)));
        _source.Now = ScriptedSource.Found("10.0.0.1:80");
        await AdvanceUntilAsync(() => Events.Count == 3);
        Assert.Equal("dns:app.internal:80 has 1 backends", Events[2]);
    }

    [Fact]
    public async Task More_than_half_that_goes_at_once_is_held_back_and_said_aloud()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
        await StartAsync();
        var began = _test.Time.GetUtcNow();
        _source.Now = ScriptedSource.Found("10.0.0.4:80");
        await AdvanceUntilAsync(() => Names.Contains("10.0.0.4:80"));

        Assert.Equal(5, _test.Pool.Members.Count);
        Assert.Contains("dns:app.internal:80 lacks 3 of 4 backends at once; they are held back for 30 s", Events);
        await AdvanceUntilAsync(() => _test.Pool.Members.Count == 2);
        Assert.True(_test.Time.GetUtcNow() - began >= FoundSet.Patience);
        Assert.Contains("dns:app.internal:80 still lacks 3 backends; they leave", Events);
    }

    [Fact]
    public async Task When_a_source_is_empty_only_those_leave_that_checks_hold_for_dead()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80");
        await StartAsync();
        _test.Pool.SetActive(_test.Pool.Members[1], ActiveHealth.Down, "check failed", _test.Memory.Clock.NowMilliseconds);
        var began = _test.Time.GetUtcNow();
        _source.Now = new NobodyFound("the name does not exist");
        await AdvanceUntilAsync(() => _test.Pool.Members.Count == 2);

        Assert.Equal(["b1", "10.0.0.2:80"], Names);
        Assert.True(_test.Time.GetUtcNow() - began >= FoundSet.Patience);
    }

    [Fact]
    public async Task A_source_that_says_that_it_has_changed_is_asked_at_once()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80");
        await StartAsync();
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80");
        await Eventually.Is(() =>
        {
            _source.Nudge();
            return Names.Contains("10.0.0.2:80");
        });
    }

    [Fact]
    public async Task A_bug_in_a_source_costs_a_question_and_not_the_source()
    {
        _source.Bug = new FormatException("no such record");
        await StartAsync();
        Assert.Equal(["dns:app.internal:80 could not be asked: no such record"], Events);
        (_source.Bug, _source.Now) = (null, ScriptedSource.Found("10.0.0.1:80"));
        await AdvanceUntilAsync(() => Names.Contains("10.0.0.1:80"));
    }

    [Fact]
    public async Task A_reload_that_leaves_a_source_as_it_is_leaves_its_backends_and_asks_nobody()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80");
        await StartAsync();
        var (found, asked) = (_test.Pool.Members[1], _source.Asked);

        await ApplyAsync(ConfigOf(Source with { Name = "renamed", Weight = 5 }));

        Assert.Equal(5, _test.Pool.Members[1].Weight);
        Assert.True(_test.Pool.Members[1].IsSameServerAs(found));
        Assert.Equal(asked, _source.Asked);
    }

    [Fact]
    public async Task A_source_that_no_configuration_has_any_more_is_forgotten_with_its_backends()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80");
        await StartAsync();
        await ApplyAsync(_test.Memory.Config);

        Assert.Equal(["b1"], Names);
        await Eventually.Is(() => _source.IsDisposed);
        Assert.Null(_test.Discovery.Find(s_key));
    }

    [Fact]
    public async Task Who_goes_by_another_nodes_word_does_not_ask_and_asks_again_when_that_node_is_silent()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80");
        await StartAsync();
        _test.Discovery.Hear(Word("10.0.0.7:80", "10.0.0.8:80"), isOwn: false);
        Assert.Equal(["b1", "10.0.0.7:80", "10.0.0.8:80"], Names);
        // What was under way has ended by then.
        for (var i = 0; i < 20; i++)
        {
            _test.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        var asked = _source.Asked;
        _test.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["b1", "10.0.0.7:80", "10.0.0.8:80"], Names);
        Assert.Equal(asked, _source.Asked);

        _source.Now = ScriptedSource.Found("10.0.0.8:80");
        _test.Discovery.AskForItself();
        await Eventually.Is(() => Names.SequenceEqual(["b1", "10.0.0.8:80"]));
    }

    [Fact]
    public async Task A_word_takes_more_than_half_of_what_this_node_found_away_only_when_it_says_so_for_30_seconds()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80");
        await StartAsync();
        var word = Word("10.0.0.1:80");
        // As digests do it, every second.
        for (var second = 0; second < FoundSet.Patience.TotalSeconds; second++)
        {
            _test.Discovery.Hear(word, isOwn: false);
            Assert.Equal(5, _test.Pool.Members.Count);
            _test.Time.Advance(TimeSpan.FromSeconds(1));
        }

        _test.Discovery.Hear(word, isOwn: false);
        Assert.Equal(["b1", "10.0.0.1:80"], Names);
        Assert.Contains("dns:app.internal:80 lacks 3 of 5 backends at once; they are held back for 30 s", Events);
        // From then on that node has decided.
        _test.Discovery.Hear(Word("10.0.0.7:80") with { Sequence = 2 }, isOwn: false);
        Assert.Equal(["b1", "10.0.0.7:80"], Names);
    }

    [Fact]
    public async Task Who_takes_over_keeps_the_addresses_that_it_was_told_when_its_own_name_server_fails()
    {
        await StartAsync();
        _test.Discovery.Hear(
            new FoundWord(1, 1, ImmutableDictionary<SourceKey, EquatableList<FoundBackend>>.Empty.Add(s_key, [At("10.0.0.2", "10.0.0.1")])),
            isOwn: false);
        _source.Now = new FoundBackends([At()], null);
        var asked = _source.Asked;
        _test.Discovery.AskForItself();
        await Eventually.Is(() => _source.Asked > asked && _test.Discovery.Find(s_key) is { Problem: "" });
        _source.Now = new FoundBackends([At("10.0.0.1", "10.0.0.2")], null);
        await AdvanceUntilAsync(() => _source.Asked > asked + 2);

        var found = _test.Pool.Members[1];
        Assert.Equal(["10.0.0.2:80", "10.0.0.1:80"], found.Addresses.Select(address => address.ToString()));
        Assert.Equal("", found.NameProblem);

        static FoundBackend At(params string[] addresses) =>
            new("s1.internal", 80, addresses.Select(IPAddress.Parse).ToEquatableList());
    }

    [Fact]
    public async Task Sources_that_fail_together_take_no_more_than_half_of_their_pool_away()
    {
        const string Other = "srv:app.internal";
        var other = _test.Sources[Other] = new ScriptedSource { Now = ScriptedSource.Found("10.0.1.1:80", "10.0.1.2:80", "10.0.1.3:80") };
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
        await ApplyAsync(_test.Memory.Config with
        {
            Pools = [_test.Memory.Config.Pools[0] with { Sources = [Source, Configs.Source(Other)] }],
        });
        Assert.Equal(7, _test.Pool.Members.Count);

        // Three of seven leave with either, but six of seven would.
        _source.Now = ScriptedSource.Found("10.0.0.9:80");
        await AdvanceUntilAsync(() => Names.Contains("10.0.0.9:80"));
        Assert.Equal(5, _test.Pool.Members.Count);
        other.Now = ScriptedSource.Found("10.0.1.9:80");
        await AdvanceUntilAsync(() => Names.Contains("10.0.1.9:80"));
        Assert.Equal(6, _test.Pool.Members.Count);
        Assert.Equal(3, _test.Discovery.Find(new SourceKey("app", Other))!.Held!.Missing.Count);
        await AdvanceUntilAsync(() => _test.Pool.Members.Count == 3);
    }

    [Fact]
    public async Task A_reload_that_asks_more_often_or_for_more_counts_at_once()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80");
        await ApplyAsync(ConfigOf(Source with { Refresh = TimeSpan.FromHours(1), Max = 1 }));
        Assert.Equal(["b1", "10.0.0.1:80"], Names);

        await ApplyAsync(ConfigOf(Source with { Refresh = TimeSpan.FromHours(1), Max = 2 }));
        await Eventually.Is(() => Names.Contains("10.0.0.2:80"));
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
        await ApplyAsync(ConfigOf(Source with { Refresh = TimeSpan.FromSeconds(1), Max = 3 }));
        await Eventually.Is(() => Names.Contains("10.0.0.3:80"));
    }

    [Fact]
    public async Task Others_are_not_told_of_a_source_that_has_only_answered_that_there_is_nobody()
    {
        _source.Now = new NobodyFound("the name does not exist");
        await StartAsync();
        Assert.Empty(_test.Discovery.Sets);
    }

    [Fact]
    public async Task What_another_nodes_word_lacks_this_node_asks_for_itself()
    {
        _source.Now = ScriptedSource.Found("10.0.0.1:80");
        await StartAsync();
        _test.Discovery.Hear(new FoundWord(1, 1, ImmutableDictionary<SourceKey, EquatableList<FoundBackend>>.Empty), isOwn: false);
        _source.Now = ScriptedSource.Found("10.0.0.1:80", "10.0.0.2:80");
        await AdvanceUntilAsync(() => Names.Contains("10.0.0.2:80"));
    }

    [Fact]
    public async Task Who_asks_for_others_hears_of_every_change_and_of_no_other_answer()
    {
        var heard = 0;
        _test.Discovery.Listen(() => Interlocked.Increment(ref heard));
        _source.Now = ScriptedSource.Found("10.0.0.1:80");
        await StartAsync();
        var asked = _source.Asked;
        await AdvanceUntilAsync(() => _source.Asked > asked + 3);
        Assert.Equal(1, heard);
        Assert.Equal("10.0.0.1:80", Assert.Single(_test.Discovery.Sets[s_key]).Name);
    }

    private static FoundWord Word(params string[] endPoints) => new(
        1, 1, ImmutableDictionary<SourceKey, EquatableList<FoundBackend>>.Empty.Add(s_key, ScriptedSource.Found(endPoints).Backends));

    private static SourceConfig Source => Configs.Source(App);

    private ClusterLbConfig ConfigOf(SourceConfig source) =>
        _test.Memory.Config with { Pools = [_test.Memory.Config.Pools[0] with { Sources = [source] }] };

    private IReadOnlyList<string> Names => [.. _test.Pool.Members.Select(backend => backend.Name)];

    private List<string> Events =>
        [.. _test.Memory.Members.Events.Read().Where(entry => entry.Subject == "app").Select(entry => entry.Text)];

    private Task StartAsync() => ApplyAsync(ConfigOf(Source));

    private async Task ApplyAsync(ClusterLbConfig config)
    {
        await _test.Table.PrepareAsync(config);
        _test.Table.Apply(config);
    }

    /// <summary>Time goes on second by second, for a timer may be made between two looks.</summary>
    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.Is(() =>
    {
        if (condition()) return true;
        _test.Time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });
}
