using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.DataPlane.Transport;
using ClusterLb.Testing;

namespace ClusterLb.DataPlane.Tests;

public sealed class ListenerPlanTests
{
    [Fact]
    public void Whose_address_stays_keeps_its_socket_whatever_else_changes()
    {
        var plan = Between([("web", "127.0.0.1:80")], [("web", "127.0.0.1:80")]);

        Assert.Equal([("web", SocketSource.Own, "")], Told(plan));
        Assert.Empty(plan.Removed);
    }

    [Fact]
    public void What_is_new_is_bound_and_what_is_gone_is_removed()
    {
        var plan = Between([("web", "127.0.0.1:80")], [("api", "127.0.0.1:81")]);

        Assert.Equal([("api", SocketSource.New, "")], Told(plan));
        Assert.Equal(["web"], plan.Removed);
    }

    [Fact]
    public void A_socket_goes_with_its_address_to_whoever_has_that_now()
    {
        Assert.Equal([("front", SocketSource.Other, "web")], Told(Between([("web", "127.0.0.1:80")], [("front", "127.0.0.1:80")])));
        Assert.Equal(
            [("a", SocketSource.Other, "b"), ("b", SocketSource.Other, "a")],
            Told(Between([("a", "127.0.0.1:80"), ("b", "127.0.0.1:81")], [("a", "127.0.0.1:81"), ("b", "127.0.0.1:80")])));
        Assert.Equal(
            [("a", SocketSource.New, ""), ("b", SocketSource.Other, "a")],
            Told(Between([("a", "127.0.0.1:80")], [("a", "127.0.0.1:81"), ("b", "127.0.0.1:80")])));
    }

    [Fact]
    public void Ports_of_the_systems_choice_are_never_the_same() =>
        Assert.Equal([("front", SocketSource.New, "")], Told(Between([("web", "127.0.0.1:0")], [("front", "127.0.0.1:0")])));

    [Fact]
    public void A_wider_address_of_a_port_that_closes_with_the_change_is_not_asked_for()
    {
        var plan = Between([("web", "127.0.0.1:80")], [("web", "0.0.0.0:80")]);

        Assert.Equal(new BindAddress(new IPEndPoint(IPAddress.Any, 80)) { JoinsOurs = true }, plan.Listeners[0].Address);
    }

    [Fact]
    public void One_of_a_port_that_stays_is()
    {
        var plan = Between([("web", "127.0.0.1:80")], [("web", "127.0.0.1:80"), ("all", "0.0.0.0:80")]);

        Assert.False(plan.Listeners[1].Address.JoinsOurs);
    }

    [Fact]
    public void Both_families_of_one_port_need_another_socket_than_one_for_both()
    {
        var plan = Between([("six", "[::]:80")], [("six", "[::]:80"), ("four", "0.0.0.0:80")]);

        Assert.Equal([("six", SocketSource.New, ""), ("four", SocketSource.New, "")], Told(plan));
        Assert.False(plan.Listeners[0].Address.AlsoIPv4);
        Assert.True(plan.Listeners[1].Address.JoinsOurs);
    }

    private static ListenerPlan Between((string Name, string Bind)[] from, (string Name, string Bind)[] to) =>
        ListenerPlan.Between(Of(from), Of(to));

    private static ClusterLbConfig Of((string Name, string Bind)[] listeners) => Configs.Of(Configs.Listener, Configs.Pool) with
    {
        Listeners = listeners.Select(one => Configs.Listener with { Name = one.Name, Bind = IPEndPoint.Parse(one.Bind) })
            .ToEquatableList()
    };

    private static IEnumerable<(string Name, SocketSource Source, string From)> Told(ListenerPlan plan) =>
        plan.Listeners.Select(planned => (planned.Config.Name, planned.Source, planned.From));
}
