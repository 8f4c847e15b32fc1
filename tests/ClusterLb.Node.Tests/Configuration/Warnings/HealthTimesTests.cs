namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class HealthTimesTests
{
    [Fact]
    public void A_check_that_takes_longer_than_the_time_between_checks() =>
        Warned.Of("pools.app.health.timeout", "a backend that is silent is asked every 4s only",
            "pools.app.health={ interval = 1s, timeout = 3s }");

    [Fact]
    public void A_check_that_waits_longer_than_any_request() =>
        Warned.Of("pools.app.health.timeout", "UP while every request to it ends with 504",
            "pools.app.health.timeout=2s", "pools.app.timeouts.response=1s");

    [Fact]
    public void A_shorter_one_or_none_is_sound()
    {
        Warned.OfNothing("pools.app.health.interval=1s");
        Warned.OfNothing("pools.app.timeouts.response=1s");
        Warned.OfNothing("pools.app.health={ interval = 3s, timeout = 3s }");
        Warned.OfNothing("pool-defaults.health={ type = none, interval = 1s, timeout = 3s }");
    }
}
