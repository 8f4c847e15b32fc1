using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Tests.Health;

public sealed class WitnessRoundTests
{
    private static readonly CheckResult s_timedOut = new(false, "timed out after 2s");

    [Theory]
    [InlineData("", true)]
    [InlineData("-", true)]
    [InlineData("+", false)]
    [InlineData("-+", true)]
    [InlineData("++", false)]
    [InlineData("-++", false)]
    [InlineData("?", true)]
    [InlineData("?+", false)]
    public void Most_of_those_who_answer_decide(string answers, bool isConfirmed)
    {
        var round = WitnessRound.Open("lb1", s_timedOut, answers.Length, 1_000);
        for (var i = 0; i < answers.Length; i++)
        {
            Assert.False(round.IsOver(999));
            round = round.Add(new ProbeReport("app/b1", $"lb{i + 2}", answers[i] == '?' ? null
                : new CheckResult(answers[i] == '+', "said")));
        }

        Assert.True(round.IsOver(999));
        Assert.Equal(isConfirmed, round.IsConfirmed);
    }

    [Fact]
    public void Who_does_not_answer_in_time_does_not_count()
    {
        var round = WitnessRound.Open("lb1", s_timedOut, 2, 1_000);

        Assert.False(round.IsOver(999));
        Assert.True(round.IsOver(1_000));
        Assert.True(round.IsConfirmed);
    }

    [Fact]
    public void The_evidence_names_everybody()
    {
        var refused = new CheckResult(false, "connect refused");
        var round = WitnessRound.Open("lb1", s_timedOut, 3, 1_000)
            .Add(new ProbeReport("app/b3", "lb3", refused)).Add(new ProbeReport("app/b3", "lb2", refused))
                .Add(new ProbeReport("app/b3", "lb4", new CheckResult(true, "status 200")));

        Assert.Equal("monitor lb1: timed out after 2s; witnesses lb2 lb3: connect refused; witness lb4: status 200", round.Evidence());
        Assert.Equal(3, round.Failures);
    }
}
