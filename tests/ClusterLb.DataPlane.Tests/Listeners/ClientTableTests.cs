using System.Net;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Tests.Listeners;

/// <summary>Who goes when others need room.</summary>
public sealed class ClientTableTests
{
    private readonly ClientTable _table = new();

    [Fact]
    public void Of_the_address_that_has_most_the_longest_idle_go_first()
    {
        var good = Add("10.0.0.1", waits: 10);
        var hoard = Enumerable.Range(1, 5).Select(i => Add("10.0.0.2", waits: 90 + i)).ToList();

        Assert.Equal(hoard.Take(4), Victims(4));
        // One each is left: now only time counts.
        Assert.Equal([good, hoard[4]], Victims(2));
        Assert.Empty(Victims(1));
    }

    [Fact]
    public void All_of_an_IPv6_network_of_64_bits_are_one_owner_and_IPv4_addresses_are_not()
    {
        Add("2001:db8:0:1::7", waits: 0);
        Add("10.0.0.1", waits: 0);
        Add("10.0.0.2", waits: 0);
        var network = Enumerable.Range(1, 3).Select(i => Add($"2001:db8:0:2::{i}", waits: i)).ToList();
        Add("2001:db8:0:3::1", waits: 0);
        Assert.Equal(3, _table.Most);
        Assert.Equal(network.Take(2), Victims(2));
    }

    [Fact]
    public void Who_used_its_connection_since_stays_before_who_did_not()
    {
        var clients = Enumerable.Range(0, 5).Select(i => Add("10.0.0.1", waits: i)).ToList();
        clients[0].Waits = 5_000;
        clients[1].Waits = 4_000;
        Assert.Equal([clients[2], clients[3], clients[4], clients[1], clients[0]], Victims(5));
    }

    [Fact]
    public void Among_owners_with_as_many_only_time_counts()
    {
        var used = Add("10.0.0.1", waits: 5_000);
        var idle = Add("10.0.0.2", waits: 1);
        var young = Add("10.0.0.3", waits: 8_000);
        Assert.Equal([idle, used, young], Victims(3));
    }

    [Fact]
    public void Who_is_busy_never_goes_though_its_address_has_most()
    {
        for (var i = 0; i < 1_000; i++) Add("10.0.0.1", waits: long.MaxValue);
        var idle = Add("10.0.0.2", waits: 0);
        Assert.Equal([idle], Victims(1));
        Assert.Empty(Victims(1));
    }

    [Theory]
    [InlineData(nameof(Pressure.Near), 999, false)]
    [InlineData(nameof(Pressure.Near), 1_000, true)]
    [InlineData(nameof(Pressure.Tight), 99, false)]
    [InlineData(nameof(Pressure.Tight), 100, true)]
    public void A_client_has_a_moment_for_its_request(string pressure, int idle, bool goes)
    {
        Add("10.0.0.1", waits: 0);
        Assert.Equal(goes, Victim(Enum.Parse<Pressure>(pressure), idle) is not null);
    }

    [Fact]
    public void Who_takes_nothing_for_long_goes_when_it_is_tight_and_nobody_idles()
    {
        var slow = Add("10.0.0.1", waits: long.MaxValue);
        var slowest = Add("10.0.0.1", waits: long.MaxValue);
        (slow.Stalls, slowest.Stalls) = (200, 100);
        var idle = Add("10.0.0.2", waits: 4_000);
        Assert.Null(Victim(Pressure.Tight, 4_000));
        Assert.Equal(idle, Victim(Pressure.Tight, 5_150));
        _table.Remove(idle);
        Assert.Null(Victim(Pressure.Near, 100_000));
        Assert.Equal(slowest, Victim(Pressure.Tight, 5_150));
    }

    [Fact]
    public void Ten_thousand_busy_owners_are_looked_through_in_bounded_steps_until_an_idle_one_is_found()
    {
        for (var i = 0; i < 10_000; i++) Add(new IPAddress(i + 1), waits: long.MaxValue);
        var idle = Add("203.0.113.9", waits: 0);
        var turns = 1;
        while (Victim(Pressure.Near, 10_000 + (turns * 50)) != idle) Assert.InRange(++turns, 2, 25);
    }

    [Fact]
    public void A_hoard_that_has_only_just_come_costs_nobody_else_a_place()
    {
        var honest = Add("10.0.0.1", waits: 0);
        var hoard = Enumerable.Range(0, 10).Select(i => Add("10.0.0.2", waits: 5_000 + i)).ToList();
        Assert.Equal(Eviction.Wait, _table.FindVictim(Pressure.Near, 5_500, out _));
        Assert.Equal(hoard[0], Victim(Pressure.Near, 6_000));
        // A proxy in front, whose connections are busy, is no hoard.
        foreach (var one in hoard.Skip(3)) one.Waits = long.MaxValue;
        Assert.Equal(honest, Victim(Pressure.Near, 5_550));
    }

    [Fact]
    public void A_proxy_in_steady_use_shields_no_hoard_that_has_fewer_connections()
    {
        for (var i = 0; i < 400; i++) Add("10.0.0.1", waits: 9_500 + i).Returned = true;
        var hoard = Enumerable.Range(0, 200).Select(i => Add("10.0.0.2", waits: i)).ToList();
        for (var i = 1; i <= 400; i++) Add($"10.0.1.{i % 250}", waits: long.MaxValue);
        Assert.All(Victims(20), victim => Assert.Contains(victim, hoard));
    }

    [Fact]
    public void Silence_that_may_last_yet_is_no_young_hoard()
    {
        for (var i = 0; i < 10; i++) Add("10.0.0.1", waits: 15_000);
        var silent = Add("10.0.0.2", waits: 0);
        Assert.Equal(silent, Victim(Pressure.Near, 10_000));
    }

    [Fact]
    public void A_hoard_is_found_behind_more_busy_connections_than_one_look_goes_through()
    {
        for (var owner = 1; owner <= 5; owner++)
        {
            for (var i = 0; i < 300 + owner; i++) Add($"10.0.0.{owner}", waits: long.MaxValue);
        }

        var hoard = Enumerable.Range(0, 260).Select(i => Add("10.0.1.1", waits: i)).ToList();
        ClientConnection? victim = null;
        for (var turn = 0; turn < 3; turn++) victim ??= Victim(Pressure.Near, 10_000 + (turn * 50));
        Assert.Equal(hoard[0], victim);
    }

    [Fact]
    public void After_a_look_that_found_nobody_there_is_a_pause_unless_it_gets_tighter()
    {
        var client = Add("10.0.0.1", waits: long.MaxValue);
        Assert.Equal(Eviction.None, _table.FindVictim(Pressure.Near, 10_000, out _));
        client.Waits = 0;
        Assert.Null(Victim(Pressure.Near, 10_049));
        Assert.Equal(client, Victim(Pressure.Near, 10_050));
        client.Waits = long.MaxValue;
        Assert.Null(Victim(Pressure.Near, 10_100));
        client.Waits = 0;
        Assert.Equal(client, Victim(Pressure.Tight, 10_101));
    }

    [Fact]
    public void Of_a_hoard_of_thousands_the_one_who_is_in_use_stays_to_the_last()
    {
        var used = Add("10.0.0.1", waits: 8_000);
        for (var i = 0; i < 3_000; i++) Add("10.0.0.1", waits: i % 1_000);
        Assert.DoesNotContain(used, Victims(3_000));
    }

    [Fact]
    public void What_is_removed_twice_is_gone_once()
    {
        var client = Add("10.0.0.1", waits: 0);
        Add("10.0.0.1", waits: 0);
        _table.Remove(client);
        _table.Remove(client);
        Assert.Equal((1, 1), (_table.Count, _table.Most));
        Assert.Single(_table.ToList());
    }

    private TestClient Add(string address, long waits) => Add(IPAddress.Parse(address), waits);

    private TestClient Add(IPAddress address, long waits)
    {
        var client = new TestClient { Waits = waits };
        _table.Add(client, PeerAddress.From(new IPEndPoint(address, 1)));
        return client;
    }

    private ClientConnection? Victim(Pressure pressure, long now)
    {
        _table.FindVictim(pressure, now, out var victim);
        return victim;
    }

    private List<ClientConnection> Victims(int most)
    {
        var victims = new List<ClientConnection>();
        while (victims.Count < most && Victim(Pressure.Near, 10_000) is { } victim)
        {
            _table.Remove(victim);
            victims.Add(victim);
        }

        return victims;
    }
}
