using ClusterLb.Node.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ClusterLb.Node.Tests.Logging;

public sealed class LogLimiterTests
{
    private static readonly LogKind s_foreign = new("Akka.Remote.EndpointWriter", LogLevel.Warning, "AssociationError");
    private static readonly LogKind s_own = new("clusterlb", LogLevel.Information, "backend {Backend} {From} -> {To}: {Reason}");

    private readonly FakeTimeProvider _time = new();
    private readonly List<(LogKind Kind, long Count)> _said = [];
    private readonly LogLimiter _limiter;

    public LogLimiterTests() => _limiter = new LogLimiter(_time, (kind, count) => _said.Add((kind, count)));

    [Fact]
    public void What_strangers_cause_is_written_ten_times_and_then_counted()
    {
        Assert.Equal(LogLimiter.ForeignBudget, Enumerable.Range(0, 20_000).Count(_ => _limiter.Admits(s_foreign)));
        _limiter.Sweep();
        Assert.Empty(_said);

        _time.Advance(LogLimiter.Window);
        _limiter.Sweep();

        Assert.Equal([(s_foreign, 19_990L)], _said);
        Assert.Equal(19_990, _limiter.LeftOut);
        Assert.True(_limiter.Admits(s_foreign));
    }

    [Fact]
    public void A_flood_of_one_kind_takes_nothing_from_another()
    {
        for (var i = 0; i < 1_000; i++) _limiter.Admits(s_foreign);

        Assert.Equal(LogLimiter.OwnBudget, Enumerable.Range(0, 1_000).Count(_ => _limiter.Admits(s_own)));
    }

    [Fact]
    public void Kinds_that_strangers_invent_share_one_budget_beyond_those_that_are_remembered()
    {
        var admitted = Enumerable.Range(0, 100_000).Count(i => _limiter.Admits(s_foreign with { Shape = $"kind {i}" }));

        Assert.InRange(admitted, LogLimiter.MostKinds, LogLimiter.MostKinds + LogLimiter.OwnBudget);
        _limiter.SweepAll();
        Assert.Equal(100_000 - admitted, _said.Sum(said => said.Count));
    }

    [Fact]
    public void What_was_left_out_is_said_at_the_end()
    {
        for (var i = 0; i < 12; i++) _limiter.Admits(s_foreign);

        _limiter.SweepAll();

        Assert.Equal([(s_foreign, 2L)], _said);
    }
}
