namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class RetriesTests
{
    [Theory]
    [InlineData("on = []", "retry.on = [] never retries")]
    [InlineData("budget-percent = 0", "allows none")]
    public void Retries_that_are_never_made(string setting, string message) =>
        Warned.Of("pools.app.retry.attempts", message, $"pools.app.retry={{ attempts = 3, {setting} }}");

    [Fact]
    public void Retries_that_are_made_or_switched_off_are_sound()
    {
        Warned.OfNothing("pools.app.retry={ attempts = 3, budget-percent = 1 }");
        Warned.OfNothing("pools.app.retry={ attempts = 0, budget-percent = 0 }");
        Warned.OfNothing("pools.app.retry.on=[]");
    }
}
