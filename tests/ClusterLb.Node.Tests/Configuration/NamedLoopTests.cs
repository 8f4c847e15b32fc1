using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>Names that come to stand for a listener of the node itself.</summary>
public sealed class NamedLoopTests
{
    private const string Config = """
        clusterlb {
          listeners {
            a { bind = "127.0.0.1:5001", protocol = tcp, pool = pa }
            b { bind = "0.0.0.0:5002", protocol = tcp, pool = pb }
            web { bind = "127.0.0.1:5003", pool = pw }
          }
          pools {
            pa { backends { s { address = "a.example:5001" }, other { address = "other.example:5002" } } }
            pb { backends { s { address = "b.example:5001" } } }
            pw { backends { s { address = "w.example:5003" } } }
          }
        }
        """;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void A_name_that_is_its_own_listener_over_TCP_is_down(string address)
    {
        Assert.Equal("name leads back to this node's listener a", ProblemOf("pa", "s", ("a.example", address)));
        Assert.Equal("name leads back to this node's listener a", ProblemOf("pa", "s", ("a.example", "10.9.9.1"), ("a.example", address)));
    }

    [Fact]
    public void So_are_names_that_come_back_by_way_of_another_listener()
    {
        (string, string)[] around = [("other.example", "127.0.0.1"), ("b.example", "127.0.0.1")];

        Assert.Equal("name leads back to this node's listener b", ProblemOf("pa", "other", around));
        Assert.Equal("name leads back to this node's listener a", ProblemOf("pb", "s", around));
    }

    [Fact]
    public void A_chain_that_ends_elsewhere_is_none()
    {
        Assert.Equal("", ProblemOf("pb", "s", ("b.example", "127.0.0.1"), ("a.example", "10.9.9.1"), ("other.example", "10.9.9.2")));
        Assert.Equal("", ProblemOf("pa", "s", ("a.example", "10.9.9.1")));
    }

    [Fact]
    public void Over_HTTP_it_is_for_Via_to_end() => Assert.Equal("", ProblemOf("pw", "s", ("w.example", "127.0.0.1")));

    [Fact]
    public void A_name_that_does_not_resolve_keeps_its_reason() =>
        Assert.Equal("name does not resolve: no answer yet", ProblemOf("pa", "s"));

    private static string ProblemOf(string pool, string backend, params (string Host, string Address)[] answers)
    {
        var config = Conf.Legal(Conf.Read(Config));
        var known = config with
        {
            Pools = config.Pools.Select(one => one with
            {
                Backends = one.Backends.Select(server => Put(server, answers)).ToEquatableList()
            }).ToEquatableList()
        };
        return LoopRules.WithoutNamedLoops(known).Pools.Single(one => one.Name == pool).Backends.Single(one => one.Name == backend)
            .NameProblem;
    }

    private static BackendConfig Put(BackendConfig backend, (string Host, string Address)[] answers)
    {
        var addresses = answers.Where(answer => answer.Host == backend.Host)
            .Select(answer => new IPEndPoint(IPAddress.Parse(answer.Address), backend.EndPoint.Port)).ToEquatableList();
        return addresses.Count == 0 ? backend : backend with { EndPoint = addresses[0], Addresses = addresses, NameProblem = "" };
    }
}
