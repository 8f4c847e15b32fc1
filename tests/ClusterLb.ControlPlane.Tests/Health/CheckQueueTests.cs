using ClusterLb.ControlPlane.Health;
using CsCheck;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class CheckQueueTests
{
    [Fact]
    public void A_backend_that_is_moved_is_taken_once_at_its_new_time()
    {
        var queue = new CheckQueue();
        queue.Schedule("a", 100);
        queue.Schedule("b", 50);
        queue.Schedule("a", 10);
        queue.Schedule("b", 200);

        Assert.Equal(10, queue.NextAt);
        Assert.True(queue.TryTake(100, out var taken));
        Assert.Equal("a", taken);
        Assert.False(queue.TryTake(199, out _));
        Assert.False(queue.Contains("a"));
        Assert.Equal(200, queue.NextAt);
    }

    [Fact]
    public void Everything_due_comes_out_once_in_the_order_of_time_whatever_was_moved()
    {
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 100]).List[0, 50].Sample(moves =>
        {
            var queue = new CheckQueue();
            var expected = new Dictionary<string, long>();
            foreach (var (backend, at) in moves)
            {
                queue.Schedule($"b{backend}", at);
                expected[$"b{backend}"] = at;
            }

            var taken = new List<string>();
            while (queue.TryTake(100, out var backend)) taken.Add(backend);
            Assert.Equal(expected.Keys.Order(), taken.Order());
            Assert.Equal(taken.Select(backend => expected[backend]).Order(), taken.Select(backend => expected[backend]));
            Assert.Null(queue.NextAt);
        });
    }
}
