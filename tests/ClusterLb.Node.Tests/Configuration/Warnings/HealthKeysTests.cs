namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class HealthKeysTests
{
    [Theory]
    [InlineData("tcp", "path=/up", "it must be http")]
    [InlineData("tcp", "expected-status=[204]", "it must be http")]
    [InlineData("http", "grpc-service=shop.Cart", "it must be grpc")]
    [InlineData("none", "interval=1s", "type = none checks nothing")]
    public void A_setting_of_another_type(string type, string setting, string message) =>
        Warned.Of($"pools.app.health.{setting.Split('=')[0]}", message, $"pools.app.health.type={type}", $"pools.app.health.{setting}");

    [Theory]
    [InlineData("http", "path=/up")]
    [InlineData("tcp", "interval=3s")]
    [InlineData("grpc", "grpc-service=shop.Cart")]
    public void Those_of_its_own_are_sound(string type, string setting)
    {
        Warned.OfNothing($"pools.app.health.type={type}", $"pools.app.health.{setting}");
        Warned.OfNothing("pools.app.health.type=tcp", $"pool-defaults.health.{setting}");
    }
}
