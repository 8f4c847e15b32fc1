namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class HashKeysTests
{
    [Theory]
    [InlineData("pools.app.hash", "does not hash", "balance=p2c", "hash.key=path")]
    [InlineData("pools.app.hash.key", "hashes by", "balance=ip-hash", "hash.key=path")]
    [InlineData("pools.app.hash.virtual-nodes", "it is of rings", "balance=consistent-hash", "hash.virtual-nodes=10")]
    public void A_setting_that_hashing_does_not_look_at(string key, string message, string balance, string hash) =>
        Warned.Of(key, message, $"pools.app.{balance}", $"pools.app.{hash}");

    [Fact]
    public void Those_that_it_looks_at_are_sound()
    {
        Warned.OfNothing("pools.app.balance=consistent-hash", "pools.app.hash={ key = path, algorithm = ring, virtual-nodes = 10 }");
        Warned.OfNothing("pools.app.balance=ip-hash", "pools.app.hash.load-bound=2");
        // Of pools that hash, beside others.
        Warned.OfNothing("pool-defaults.hash.key=path");
    }
}
