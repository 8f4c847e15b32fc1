using System.Net;
using ClusterLb.ControlPlane.Names;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Names;

public class KnownNameTests
{
    [Fact]
    public void Addresses_are_the_same_in_whatever_order_they_come()
    {
        var one = KnownName.NotAsked.After(Answer("::1", "10.0.0.2", "10.0.0.1", "10.0.0.2"));
        var other = KnownName.NotAsked.After(Answer("10.0.0.1", "::ffff:10.0.0.2", "::1"));

        Assert.Equal(one, other);
        Assert.Equal("10.0.0.1, 10.0.0.2, ::1", one.Text);
        Assert.Equal(IPAddress.Parse("10.0.0.1"), one.Server);
    }

    [Fact]
    public void The_server_is_the_same_while_its_address_is_there()
    {
        var known = KnownName.NotAsked.After(Answer("10.0.0.2"));

        Assert.Equal(IPAddress.Parse("10.0.0.2"), known.After(Answer("10.0.0.1", "10.0.0.2")).Server);
        Assert.Equal(IPAddress.Parse("10.0.0.1"), known.After(Answer("10.0.0.1")).Server);
    }

    [Fact]
    public void A_failure_keeps_the_last_good_addresses()
    {
        var known = KnownName.NotAsked.After(Answer("10.0.0.2")).After(NameAnswer.Failed("the name does not exist"));

        Assert.Equal("10.0.0.2", known.Text);
        var backend = known.Put(Configs.Backend("b1", new IPEndPoint(IPAddress.None, 80)));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.0.0.2"), 80), backend.EndPoint);
        Assert.Empty(backend.NameProblem);
    }

    [Fact]
    public void A_name_that_never_had_one_says_why()
    {
        var known = KnownName.NotAsked.After(NameAnswer.Failed("the name does not exist"));

        Assert.Equal("name does not resolve: the name does not exist", known.Put(Configs.Backend("b1", new(IPAddress.None, 80)))
            .NameProblem);
    }

    [Theory]
    [InlineData(10, 0.5, 10)]
    [InlineData(10, 0.0, 9)]
    [InlineData(10, 1.0, 11)]
    [InlineData(0, 0.5, 1)]
    [InlineData(86_400, 0.5, 300)]
    [InlineData(null, 0.5, 30)]
    public void It_is_asked_again_when_the_answer_is_old(int? timeToLive, double draw, double seconds)
    {
        var answer = Answer("10.0.0.1") with { TimeToLive = timeToLive is { } known ? TimeSpan.FromSeconds(known) : null };

        Assert.Equal(seconds, KnownName.NextAfter(answer, draw).TotalSeconds, 3);
    }

    [Fact]
    public void After_a_failure_it_is_asked_soon() =>
        Assert.Equal(5, KnownName.NextAfter(NameAnswer.Failed("no name server answers"), 0.5).TotalSeconds, 3);

    private static NameAnswer Answer(params string[] addresses) => new([.. addresses.Select(IPAddress.Parse)], null, "");
}
