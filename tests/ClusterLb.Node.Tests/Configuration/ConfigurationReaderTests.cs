using ClusterLb.Node.Configuration;

namespace ClusterLb.Node.Tests.Configuration;

public class ConfigurationReaderTests
{
    [Fact]
    public void Ten_mistakes_in_one_file_are_ten_lines_at_once()
    {
        using var file = new ConfFile("""
            clusterlb {
              node { drain-delay = soon, admin.bind = "0.0.0.0:9000" }
              listeners {
                web {
                  bind = "0.0.0.0:8080", pool = ap
                  upgrades = [h2c]
                  routes = [ { path = "/a", path-prefix = "/b", pool = app } ]
                }
                db { bind = "0.0.0.0:8080", protocol = tcp, pool = app }
              }
              pools {
                app {
                  balance = p2cc
                  backends {
                    a1 { address = "127.0.0.1:9001", weight = 257 }
                    a2 { address = "127.0.0.1:9001" }
                  }
                  health.intervall = 5s
                }
              }
            }
            """);

        var result = ConfigurationReader.Read(new ConfigurationSources([file.Path], [], new Dictionary<string, string>()));

        Assert.Null(result.Config);
        Assert.Equal(
            [
                ":13: clusterlb.pools.app.balance: is \"p2cc\"; it must be one of consistent-hash, ip-hash, least-connections, "
                    + "least-time, p2c, random, round-robin, weighted-round-robin",
                ":14: clusterlb.pools.app.backends: a1 and a2 have the same address 127.0.0.1:9001; each backend needs its own",
                ":15: clusterlb.pools.app.backends.a1.weight: is \"257\"; it must be a whole number from 0 to 256",
                ":18: clusterlb.pools.app.health.intervall: unknown key; did you mean \"interval\"?",
                ":2: clusterlb.node.admin.token: is missing; 0.0.0.0:9000 is not a loopback address, so the admin port needs a token",
                ":2: clusterlb.node.drain-delay: is \"soon\"; it must be a duration from 0s to 10m, such as 200ms, 5s, 1m or 1h",
                ":5: clusterlb.listeners.web.pool: \"ap\" is not a pool; the pools are: app",
                ":6: clusterlb.listeners.web.upgrades: \"h2c\" is not legal; each must be a protocol such as websocket; h2c is never one",
                ":7: clusterlb.listeners.web.routes[0].path-prefix: stands beside path; a route has one of them",
                ":9: clusterlb.listeners.db.bind: 0.0.0.0:8080 is taken by listeners.web.bind already",
            ],
            result.Problems.Select(problem => problem.ToString().Replace(file.Path, "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_listener_at_all_is_a_problem() => Assert.Equal("configuration: clusterlb.listeners: is empty; a node needs at least "
        + "one, such as web { bind = \"0.0.0.0:8080\", pool = app }", Conf.Single(Conf.Read("")).ToString());

    [Theory]
    [InlineData("nodes { name = x }", "nodes", "everything belongs inside clusterlb")]
    [InlineData("clusterlb.node.nam = x", "clusterlb.node.nam", "did you mean \"name\"?")]
    [InlineData("clusterlb.lisseners {}", "clusterlb.lisseners", "did you mean \"listeners\"?")]
    [InlineData("clusterlb.node.admin.zzzzzzzz = x", "clusterlb.node.admin.zzzzzzzz", "legal keys here: bind, max-connections, "
        + "max-connections-per-client, read-token, read-token-file, tls, token, token-file")]
    [InlineData("clusterlb.listeners.web.limits.heads = 1KiB", "clusterlb.listeners.web.limits.heads", "did you mean \"head\"?")]
    [InlineData("clusterlb.listeners.web.routes = [{ hosts = x, pool = app }]", "clusterlb.listeners.web.routes[0].hosts", "did you mean "
        + "\"host\"?")]
    [InlineData("clusterlb.pools.app.backends.a1.wieght = 1", "clusterlb.pools.app.backends.a1.wieght", "did you mean \"weight\"?")]
    [InlineData("clusterlb.pools.app.sticky.bye = none", "clusterlb.pools.app.sticky.bye", "did you mean \"by\"?")]
    [InlineData("clusterlb.route-defaults.hots = x", "clusterlb.route-defaults.hots", "did you mean \"host\"?")]
    [InlineData("clusterlb.pool-defaults.health.intervall = 1s", "clusterlb.pool-defaults.health.intervall", "did you mean \"interval\"?")]
    [InlineData("clusterlb.cluster.seed = []", "clusterlb.cluster.seed", "did you mean \"seeds\"?")]
    [InlineData("clusterlb.store.typo = embedded", "clusterlb.store.typo", "did you mean \"type\"?")]
    public void An_unknown_key_is_found_at_every_level_and_once(string line, string key, string hint)
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal + line));

        Assert.Equal(key, problem.Key);
        Assert.Contains("unknown key", problem.Message, StringComparison.Ordinal);
        Assert.Contains(hint, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clusterlb.node = 5", "node")]
    [InlineData("clusterlb.node.admin = [1]", "node.admin")]
    [InlineData("clusterlb.pools.app = x", "pools.app")]
    [InlineData("clusterlb.pools.app.backends.a1 = \"127.0.0.1:9001\"", "pools.app.backends.a1")]
    [InlineData("clusterlb.listeners.web.routes = [x]", "listeners.web.routes[0]")]
    [InlineData("clusterlb.pool-defaults = 3", "pool-defaults")]
    [InlineData("clusterlb.pool-defaults.health = http", "pool-defaults.health")]
    public void A_value_where_a_block_should_be_is_a_problem(string line, string key)
    {
        var problems = Conf.Read(Conf.Minimal + line).Problems;

        Assert.Contains(problems, problem => problem.Key == "clusterlb." + key
            && problem.Message.EndsWith("it must be a block { ... }", StringComparison.Ordinal));
    }

    [Fact]
    public void The_root_must_be_a_block_and_nothing_follows_from_that() =>
        Assert.EndsWith(":1: clusterlb: is a text; it must be a block { ... }", Conf.Single(Conf.Read("clusterlb = 5")).ToString(),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("cluster.profile=slow", "one of balanced, fast")]
    public void What_this_version_lacks_is_refused_and_not_ignored(string setting, string expected) =>
        Assert.Contains(expected, Conf.Single(Conf.Read(Conf.Minimal, setting)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("-web")]
    [InlineData("we b")]
    [InlineData("we/b")]
    [InlineData("wéb")]
    [InlineData("")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Names_that_metrics_and_cookies_could_not_carry_are_refused(string name)
    {
        var text = $$"""
            clusterlb {
              node.name = "{{name}}"
              listeners { "{{name}}" { bind = "127.0.0.1:8080", pool = app } }
              pools { app { backends { "{{name}}" { address = "127.0.0.1:9001" } } },
                      "{{name}}" { backends { b { address = "127.0.0.1:9002" } } } }
            }
            """;

        var result = Conf.Read(text);

        Assert.Equal(4, result.Problems.Count);
        Assert.All(result.Problems, problem => Assert.Contains($"\"{name}\" is not a name", problem.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_problem_is_named_where_the_operator_wrote_and_not_where_the_default_is()
    {
        using var file = new ConfFile("clusterlb {\n  listeners {\n    web { bind = \"127.0.0.1:8080\" }\n  }\n}\n");

        var problem = Conf.Single(ConfigurationReader.Read(new ConfigurationSources([file.Path], [], new Dictionary<string, string>())));

        Assert.Equal($"{file.Path}:3: clusterlb.listeners.web.pool: is missing; a listener needs a pool or routes", problem.ToString());
    }

    [Fact]
    public void A_wrong_default_is_named_where_it_was_set()
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal + "\nclusterlb.pool-defaults.queue.length = -1"));

        Assert.EndsWith(":9", problem.Source, StringComparison.Ordinal);
        Assert.Equal("clusterlb.pools.app.queue.length", problem.Key);
    }

    [Fact]
    public void A_problem_is_one_line_whatever_the_text_holds()
    {
        var problem = Conf.Single(Conf.Read(Conf.Minimal + "clusterlb.node.name = \"\"\"a\r\nb\u001b[31m\"\"\""));

        Assert.DoesNotContain(problem.ToString(), char.IsControl);
    }
}
