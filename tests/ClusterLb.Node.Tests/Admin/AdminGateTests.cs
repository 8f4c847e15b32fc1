using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Admin;
using ClusterLb.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Admin;

public sealed class AdminGateTests
{
    private static readonly AdminConfig s_config = Configs.Node.Admin with { MaxConnections = 8, MaxConnectionsPerClient = 4 };
    private static readonly IPAddress s_operator = IPAddress.Loopback;

    private readonly FakeTimeProvider _time = new();
    private readonly AdminGate _gate;
    private readonly List<AdminVisit> _ended = [];

    public AdminGateTests() => _gate = new AdminGate(s_config, _time);

    [Fact]
    public void One_address_has_so_many_and_no_more()
    {
        for (var i = 0; i < 4; i++) Assert.NotNull(Enter(Stranger(1)));

        for (var i = 0; i < 1_000; i++) Assert.Null(Enter(Stranger(1)));
        Assert.NotNull(Enter(s_operator));
        Assert.Equal(5, _gate.Open);
    }

    [Fact]
    public void All_together_have_so_many_and_no_more()
    {
        for (var i = 0; i < 8; i++) Assert.NotNull(Enter(Stranger(i)));

        for (var i = 8; i < 1_000; i++) Assert.Null(Enter(Stranger(i)));
    }

    [Fact]
    public void Who_comes_when_it_is_full_takes_the_place_of_the_one_that_idles_longest_of_whoever_has_most()
    {
        var bystander = Enter(Stranger(9))!;
        _time.Advance(TimeSpan.FromSeconds(1));
        var first = Enter(Stranger(1))!;
        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++) Enter(Stranger(1));
        for (var i = 0; i < 3; i++) Enter(Stranger(2));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotNull(Enter(s_operator));

        Assert.Equal([first], _ended);
        Assert.False(bystander.IsLeaving);
    }

    [Fact]
    public void An_operator_behind_the_address_of_somebody_who_hoards_gets_in()
    {
        for (var i = 0; i < 4; i++) Enter(s_operator);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotNull(Enter(s_operator));
        Assert.Single(_ended);
    }

    [Fact]
    public void Who_has_only_connected_gives_way_sooner_than_who_has_asked()
    {
        for (var i = 0; i < 7; i++) Enter(Stranger(i));
        var asked = Enter(Stranger(8))!;
        Ask(asked);
        Assert.Null(Enter(s_operator));

        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.NotNull(Enter(s_operator));
        Assert.False(asked.IsLeaving);
    }

    [Fact]
    public void A_request_that_is_being_answered_is_not_displaced_unless_it_never_ends()
    {
        for (var i = 0; i < 4; i++) Enter(Stranger(1))!.BeginRequest();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(Enter(Stranger(1)));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(Enter(Stranger(1)));
    }

    [Fact]
    public void Who_brings_a_request_gets_in_beside_any_number_that_say_nothing()
    {
        var first = Enter(Stranger(0))!;
        for (var i = 1; i < 8; i++) Enter(Stranger(i));
        Assert.Null(Enter(s_operator));

        Assert.NotNull(Enter(s_operator, hasSpoken: true));
        Assert.Equal([first], _ended);
    }

    [Fact]
    public void Who_asks_without_end_gives_way_between_two_requests_but_after_who_says_nothing()
    {
        for (var i = 0; i < 3; i++) Ask(Enter(s_operator)!);
        var mute = Enter(s_operator)!;
        Assert.NotNull(Enter(s_operator, hasSpoken: true));
        Assert.Equal([mute], _ended);

        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            Ask(Enter(s_operator, hasSpoken: true)!);
            _gate.Leave(_ended[^1]);
        }

        Assert.Equal(101, _ended.Count);
    }

    [Fact]
    public void Who_sends_the_body_of_its_request_slowly_gives_way()
    {
        for (var i = 0; i < 4; i++) Enter(s_operator)!.AwaitBody();
        Assert.NotNull(Enter(s_operator, hasSpoken: true));

        for (var i = 0; i < 4; i++) Enter(Stranger(1))!.BeginRequest();
        Assert.Null(Enter(Stranger(1), hasSpoken: true));
    }

    [Fact]
    public void Those_told_to_leave_that_do_not_go_are_bounded_too()
    {
        var admitted = 0;
        for (var i = 0; i < 1_000; i++)
        {
            if (Enter(Stranger(i)) is not null) admitted++;
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((16, 16), (admitted, _gate.Open));
        foreach (var visit in _ended) _gate.Leave(visit);
        Assert.NotNull(Enter(s_operator));
    }

    private static void Ask(AdminVisit visit)
    {
        visit.BeginRequest();
        visit.EndRequest();
    }

    private static IPAddress Stranger(int i) => new([10, 0, (byte)(i / 256), (byte)(i % 256)]);

    private AdminVisit? Enter(IPAddress address, bool hasSpoken = false)
    {
        var visit = _gate.TryEnter(address, hasSpoken);
        visit?.Enters(() => _ended.Add(visit));
        return visit;
    }
}
