using System.Net;
using ClusterLb.ControlPlane.Remoting;
using ClusterLb.ControlPlane.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.ControlPlane.Tests.Remoting;

public sealed class ClusterPortNoticesTests
{
    private const string Place = "10.0.0.1:4053";

    private readonly FakeTimeProvider _time = new();
    private readonly LogOfLines _log = new();
    private readonly ClusterPortNotices _notices;

    public ClusterPortNoticesTests() => _notices = new ClusterPortNotices(_log, _time);

    [Fact]
    public void A_stranger_that_comes_every_second_is_told_once_an_hour()
    {
        for (var second = 0; second < 3_700; second++, _time.Advance(TimeSpan.FromSeconds(1))) Refuse("192.0.2.1", Refusal.Protocol);

        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public void Another_address_and_another_reason_are_news()
    {
        Refuse("192.0.2.1", Refusal.Protocol);
        Refuse("192.0.2.2", Refusal.Protocol);
        Refuse("192.0.2.1", Refusal.Proof);

        Assert.Equal(3, _log.Lines.Count);
    }

    [Fact]
    public void Strangers_without_number_cost_no_memory_without_end()
    {
        for (var i = 0; i < 5_000; i++) Refuse($"10.1.{i / 250}.{i % 250}", Refusal.Protocol);

        Assert.Equal(5_000, _log.Lines.Count);
    }

    [Fact]
    public void Somebody_else_at_a_nodes_address_is_told_at_once_and_once()
    {
        for (var i = 0; i < 10; i++, _time.Advance(TimeSpan.FromSeconds(1))) _notices.DialFailed(Place, "it is no node", isForeign: true);

        Assert.Equal("Warning: no connection with 10.0.0.1:4053: it is no node; it is tried again and again", Assert.Single(_log.Lines));
    }

    [Fact]
    public void Where_nobody_listens_is_told_once_that_has_lasted()
    {
        for (var second = 0; second < 30; second++, _time.Advance(TimeSpan.FromSeconds(1)))
        {
            _notices.DialFailed(Place, "Connection refused", isForeign: false);
            Assert.Empty(_log.Lines);
        }

        for (var i = 0; i < 10; i++) _notices.DialFailed(Place, "Connection refused", isForeign: false);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public void Another_reason_is_news_and_so_is_what_fails_after_it_had_been_well()
    {
        _notices.DialFailed(Place, "it is no node", isForeign: true);
        _notices.DialFailed(Place, "its secret is another", isForeign: true);
        _notices.Dialled(Place);
        _notices.DialFailed(Place, "its secret is another", isForeign: true);

        Assert.Equal(3, _log.Lines.Count);
    }

    private void Refuse(string address, Refusal why) => _notices.Refused(new IPEndPoint(IPAddress.Parse(address), 50_000), why, "why");
}
