namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class EjectionTests
{
    [Theory]
    [InlineData("max-ejected-percent=49", "it must be 50 or more")]
    [InlineData("max-ejected-percent=0", "none is ever ejected")]
    public void Less_than_one_backend_is_none(string setting, string message) =>
        Warned.Of("pools.app.passive.max-ejected-percent", message, $"pools.app.passive.{setting}");

    [Fact]
    public void A_status_that_counts_nothing() => Warned.Of(
        "pools.app.passive.status", "counts nothing", "pools.app.passive={ failures = 0, status = [503] }");

    [Fact]
    public void Enough_for_one_or_none_on_purpose_is_sound()
    {
        Warned.OfNothing("pools.app.passive={ max-ejected-percent = 50, status = [503] }");
        Warned.OfNothing("pools.app.passive={ failures = 0, max-ejected-percent = 0 }");
        Warned.OfNothing("pools.app.passive.max-ejected-percent=34", "pools.app.backends.a3.address=127.0.0.1:9003");
        Warned.OfNothing("pools.app.passive.max-ejected-percent=10", "pools.app.backends.a2=null");
    }
}
