using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Remoting;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.ControlPlane.Tests.Remoting;

public sealed class PendingConnectionsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Beyond_the_most_who_has_waited_longest_goes()
    {
        var pending = new PendingConnections(3, 3, _time);
        var first = From("10.0.0.1");
        Assert.Null(pending.Add(first));
        Assert.Null(pending.Add(From("10.0.0.2")));
        Assert.Null(pending.Add(From("10.0.0.3")));
        Assert.Same(first, pending.Add(From("10.0.0.4")));
    }

    [Fact]
    public void Who_has_said_something_stays_while_there_are_those_who_have_not()
    {
        var pending = new PendingConnections(3, 3, _time);
        PendingConnection[] all = [From("10.0.0.1"), From("10.0.0.2"), From("10.0.0.3"), From("10.0.0.4")];
        all[0].HasSpoken = true;
        foreach (var one in all.Take(3)) Assert.Null(pending.Add(one));
        _time.Advance(TimeSpan.FromMilliseconds(251));
        Assert.Same(all[1], pending.Add(all[3]));
        foreach (var one in all.Skip(2)) one.HasSpoken = true;
        Assert.Same(all[0], pending.Add(From("10.0.0.5")));
    }

    [Fact]
    public void Who_has_just_connected_has_time_to_speak()
    {
        var pending = new PendingConnections(256, 256, _time);
        var greeted = Enumerable.Range(0, 256).Select(_ => From("10.0.0.1")).ToList();
        foreach (var one in greeted)
        {
            Assert.Null(pending.Add(one));
            one.HasSpoken = true;
        }

        var fresh = From("10.0.0.2");
        Assert.Same(greeted[0], pending.Add(fresh));
        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Same(greeted[1], pending.Add(From("10.0.0.3")));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Same(fresh, pending.Add(From("10.0.0.4")));
    }

    [Fact]
    public void One_address_has_its_share_and_costs_the_others_none_of_theirs()
    {
        var pending = new PendingConnections(100, 2, _time);
        var other = From("10.0.0.2");
        pending.Add(other);
        PendingConnection[] same = [From("10.0.0.1"), From("10.0.0.1"), From("::ffff:10.0.0.1")];
        Assert.Null(pending.Add(same[0]));
        Assert.Null(pending.Add(same[1]));
        Assert.Same(same[0], pending.Add(same[2]));
    }

    [Fact]
    public void A_network_of_64_bits_is_one_address()
    {
        var pending = new PendingConnections(100, 1, _time);
        var first = From("2001:db8:1:2::1");
        pending.Add(first);
        Assert.Null(pending.Add(From("2001:db8:1:3::1")));
        Assert.Same(first, pending.Add(From("2001:db8:1:2:ffff::9")));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void This_machine_may_have_all(string address)
    {
        var pending = new PendingConnections(100, 1, _time);
        for (var i = 0; i < 100; i++) Assert.Null(pending.Add(From(address)));
        Assert.NotNull(pending.Add(From(address)));
    }

    [Fact]
    public void Who_is_done_counts_no_more()
    {
        var pending = new PendingConnections(1, 1, _time);
        var done = From("10.0.0.1");
        pending.Add(done);
        pending.Remove(done);
        Assert.Null(pending.Add(From("10.0.0.1")));
    }

    private static PendingConnection From(string address) => new(new Socket(SocketType.Stream, ProtocolType.Tcp), IPAddress.Parse(address));
}
