using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Health;
using ClusterLb.Testing;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class SecondOpinionsTests
{
    private static readonly Backend s_backend = new("app", "b1", new(0x7F000001, 1), 0, 1, 0);

    private readonly FakeCheck _check = new();

    [Theory]
    [InlineData("http", true, true, true)]
    [InlineData("http", false, false, false)]
    [InlineData("grpc", true, true, true)]
    [InlineData("grpc", false, false, false)]
    [InlineData("tcp", true, false, true)]
    [InlineData("tcp", false, false, false)]
    [InlineData("none", false, false, true)]
    public async Task What_a_check_can_tell_depends_on_its_kind(string check, bool passes, bool isWell, bool answers)
    {
        _check.Result = new(passes, "");
        var (opinions, config) = (new SecondOpinions(_check), Configs.Pool.Health with { Probe = TestProbes.Of(check) });

        Assert.Equal((isWell, answers), (await opinions.IsWellAsync(s_backend, config), await opinions.AnswersAsync(s_backend, config)));
    }

    [Fact]
    public async Task However_many_want_to_know_a_backend_is_asked_once_at_a_time()
    {
        var (opinions, config) = (new SecondOpinions(_check), Configs.Pool.Health with { Probe = TestProbes.Http });
        _check.Pending = new();
        var asking = Enumerable.Range(0, 100).Select(_ => opinions.IsWellAsync(s_backend, config)).ToList();
        _check.Pending.SetResult(new CheckResult(false, "timed out"));
        await Task.WhenAll(asking);
        Assert.Single(_check.Asked);

        await opinions.AnswersAsync(s_backend, config);
        Assert.Equal(2, _check.Asked.Count);
    }
}
