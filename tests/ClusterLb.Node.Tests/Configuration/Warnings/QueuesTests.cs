namespace ClusterLb.Node.Tests.Configuration.Warnings;

public class QueuesTests
{
    [Fact]
    public void A_queue_that_nothing_waits_in() =>
        Warned.Of("pools.app.queue", "no backend has a max-in-flight to wait for", "pools.app.queue.length=10");

    [Fact]
    public void A_queue_without_room() => Warned.Of("pools.app.queue.timeout", "nobody waits in a queue of length 0",
        "pools.app.queue={ length = 0, timeout = 2s }", "backend-defaults.max-in-flight=5");

    [Fact]
    public void One_before_a_backend_with_a_limit_is_sound() =>
        Warned.OfNothing("pools.app.queue.length=10", "pools.app.backends.a1.max-in-flight=5");
}
