using System.Collections.Concurrent;
using System.Net;
using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Names;
using ClusterLb.ControlPlane.Tables;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.ControlPlane.Tests.Names;

public sealed class BackendNamesTests : IAsyncDisposable
{
    private static readonly IPEndPoint s_unknown = new(IPAddress.None, 80);

    private static readonly PoolConfig s_pool = Configs.Pool with
    {
        Health = Configs.Pool.Health with { Probe = Configs.TcpProbe },
        Backends =
        [
            Configs.Backend("b1", new IPEndPoint(IPAddress.Loopback, 1)),
            Configs.Backend("b2", s_unknown) with { Address = "app.example.org:80", Host = "app.example.org" },
        ],
    };

    private readonly FakeTimeProvider _time = new();
    private readonly TestMemory _test = new(Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1)));
    private readonly Answers _answers = new();
    private readonly EventJournal _journal;
    private readonly DesiredTable _table;
    private readonly BackendNames _names;

    public BackendNamesTests()
    {
        _journal = new EventJournal("lb1", NullLogger.Instance, _time);
        _table = new DesiredTable(_test.Owner);
        _names = new BackendNames(_answers, _table, _journal, new Random(1), _time);
        _table.MakeOf(_names);
    }

    private Backend Named => _test.Pool.Members[1];

    public ValueTask DisposeAsync() => _names.DisposeAsync();

    [Fact]
    public async Task A_name_that_resolves_is_an_address_from_the_first_table_on()
    {
        _answers.Now = Answers.Good("10.0.0.1", "::1");
        await StartAsync();

        Assert.Equal(["10.0.0.1:80", "[::1]:80"], Named.Addresses.Select(address => address.ToString()));
        Assert.Equal(EffectiveState.Unknown, Named.Effective);
        Assert.Equal(["name is 10.0.0.1, ::1"], Events);
    }

    [Fact]
    public async Task A_name_that_does_not_is_a_backend_that_is_down_and_comes_when_it_resolves()
    {
        _answers.Now = NameAnswer.Failed("the name does not exist");
        await StartAsync();

        Assert.Equal(EffectiveState.Down, Named.Effective);
        Assert.Equal("name does not resolve: the name does not exist", _test.Pool.ReasonOf(Named));
        Assert.Equal("app.example.org:80", Named.Address);
        Assert.Empty(Named.Addresses);

        _answers.Now = Answers.Good("10.0.0.1");
        await AdvanceUntilAsync(() => Named.Addresses.Count == 1);
        Assert.Equal(EffectiveState.Unknown, Named.Effective);
        Assert.Equal("10.0.0.1:80", Named.EndPoint.ToString());
    }

    [Fact]
    public async Task A_start_waits_for_names_no_longer_than_its_bound()
    {
        _answers.Silence = new TaskCompletionSource();
        var starting = StartAsync();
        Assert.False(starting.IsCompleted);

        _time.Advance(DesiredTable.StartBound);
        await starting;
        Assert.Equal("name does not resolve: no answer yet", _test.Pool.ReasonOf(Named));

        _answers.Now = Answers.Good("10.0.0.1");
        _answers.Silence.SetResult();
        await Eventually.Is(() => Named.Addresses.Count == 1);
    }

    [Fact]
    public async Task Another_address_is_another_server_and_a_failure_is_none()
    {
        _answers.Now = Answers.Good("10.0.0.1");
        await StartAsync();
        var (first, other) = (Named, _test.Pool.Members[0]);

        _answers.Now = NameAnswer.Failed("no name server answers");
        await AdvanceUntilAsync(() => Events.Count == 2);
        Assert.Same(first, Named);

        _answers.Now = Answers.Good("10.0.0.2");
        await AdvanceUntilAsync(() => Named.EndPoint.ToString() == "10.0.0.2:80");
        Assert.False(Named.IsSameServerAs(first));
        Assert.True(_test.Pool.Members[0].IsSameServerAs(other));
        Assert.Equal(
            ["name is 10.0.0.1", "name does not resolve: no name server answers; its addresses are 10.0.0.1", "name is 10.0.0.2"], Events);
    }

    [Fact]
    public async Task A_look_up_that_throws_is_told_and_the_name_is_asked_again()
    {
        _answers.Bug = new FormatException("no such record");
        await StartAsync();
        Assert.Equal(EffectiveState.Down, Named.Effective);
        Assert.Equal(["name could not be looked up: no such record"], Events);

        (_answers.Bug, _answers.Now) = (null, Answers.Good("10.0.0.1"));
        await AdvanceUntilAsync(() => Named.Addresses.Count == 1);
    }

    [Fact]
    public async Task A_name_that_another_configuration_has_is_asked_before_that_is_in_force_and_stays_known_while_it_has_it()
    {
        _answers.Now = Answers.Good("10.0.0.1");
        await StartAsync();
        var (first, more) = (Named, With("app.example.org", "more.example.org"));

        await _table.PrepareAsync(more);
        Assert.Equal(2, _test.Pool.Members.Count);
        Assert.Contains("more.example.org", _answers.Asked);
        _table.Apply(more);

        Assert.Equal("10.0.0.1:80", _test.Pool.Members[2].EndPoint.ToString());
        Assert.True(Named.IsSameServerAs(first));
        Assert.Single(_answers.Asked, "app.example.org");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_that_is_in_no_configuration_any_more_is_not_asked_any_more(bool wasApplied)
    {
        _answers.Now = Answers.Good("10.0.0.1");
        await StartAsync();
        var more = With("app.example.org", "more.example.org");
        await _table.PrepareAsync(more);
        if (wasApplied)
        {
            _table.Apply(more);
            _table.Apply(Config);
        }
        else
        {
            _table.Abandon();
        }

        Assert.Equal(2, _test.Pool.Members.Count);
        await AdvanceUntilAsync(() => _answers.Asked.Count(name => name == "app.example.org") == 5);
        Assert.Single(_answers.Asked, "more.example.org");

        // It may come again, as one that nobody has asked for.
        await _table.PrepareAsync(more);
        _table.Apply(more);
        Assert.Equal("10.0.0.1:80", _test.Pool.Members[2].EndPoint.ToString());
    }

    private ClusterLbConfig With(params string[] names) => Config with
    {
        Pools =
        [
            s_pool with
            {
                Backends =
                [
                    s_pool.Backends[0],
                    .. names.Select((name, i) => Configs.Backend($"b{i + 2}", s_unknown) with { Address = $"{name}:80", Host = name }),
                ]
            },
        ]
    };

    private List<string> Events => [.. _journal.Read().Where(entry => entry.Subject == "app.example.org").Select(entry => entry.Text)];

    private ClusterLbConfig Config => _test.Memory.Config with { Pools = [s_pool] };

    private async Task StartAsync()
    {
        await _table.PrepareAsync(Config);
        _table.Apply(Config);
    }

    /// <summary>Time goes on second by second, for a timer may be made between two looks.</summary>
    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.Is(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });

    private sealed class Answers : INameResolver
    {
        private volatile NameAnswer _now = NameAnswer.Failed("nobody asked");

        public NameAnswer Now
        {
            get => _now;
            set => _now = value;
        }

        public TaskCompletionSource? Silence { get; set; }

        public Exception? Bug { get; set; }

        /// <summary>Every name, as often as it was asked for.</summary>
        public ConcurrentQueue<string> Asked { get; } = new();

        public static NameAnswer Good(params string[] addresses) => new([.. addresses.Select(IPAddress.Parse)], null, "");

        public async Task<NameAnswer> ResolveAsync(string name, CancellationToken stopping)
        {
            Asked.Enqueue(name);
            if (Silence is { } silence) await silence.Task;
            if (Bug is { } bug) throw bug;
            return Now;
        }
    }
}
