using ClusterLb.Node.Admin;
using ClusterLb.Node.Commands;

namespace ClusterLb.Node.Tests.Commands;

/// <summary>What is said after a command is what is so after it.</summary>
public sealed class BackendAnswersTests
{
    private static readonly BackendReport s_up = new(
        "b1", "10.0.0.1:80", "up", "ready", "up", "check passed", 61, 0, new Dictionary<string, int>(), new Dictionary<string, string>(),
        new Dictionary<string, string>(), null, 1, null, 1_000, 0, 0, 0);

    [Fact]
    public void A_backend_that_is_ready_and_not_well_is_said_to_be_both()
    {
        Assert.Equal(("is ready", true), BackendAnswers.Became(s_up, "ready"));
        Assert.Equal(("is ready, but down: connect refused", true),
            BackendAnswers.Became(s_up with { State = "down", Reason = "connect refused" }, "ready"));
        Assert.Equal(("is in maintenance", true),
            BackendAnswers.Became(s_up with { State = "maintenance", Admin = "maintenance" }, "maintenance"));
    }

    [Fact]
    public void A_weight_is_the_one_that_holds_and_what_is_left_of_it_now()
    {
        Assert.Equal(("has its configured weight", true), BackendAnswers.Weighed(s_up, null));
        Assert.Equal(("has weight 0", true), BackendAnswers.Weighed(s_up with { OperatorWeight = 0, Weight = 0 }, 0));
        Assert.Equal(("has weight 50, 12.5 of it now, in its slow start", true),
            BackendAnswers.Weighed(s_up with { OperatorWeight = 50, Weight = 12.5 }, 50));
        Assert.Equal(("has weight 50, and none while it is down", true),
            BackendAnswers.Weighed(s_up with { OperatorWeight = 50, Weight = 0, State = "down" }, 50));
        Assert.Equal(("has weight 50", true), BackendAnswers.Weighed(s_up with { OperatorWeight = 50, Weight = 50, State = "down" }, 50));
    }

    [Fact]
    public void A_command_that_another_one_came_after_is_a_no()
    {
        var ready = s_up with { OperatorWeight = 7 };
        Assert.Equal(("is ready: another command came after this one", false), BackendAnswers.Became(ready, "maintenance"));
        Assert.Equal(("is ready: another command came after this one", false), BackendAnswers.Begun(ready));
        Assert.Equal(("has weight 7: another command came after this one", false), BackendAnswers.Weighed(ready, 8));
        Assert.Equal(("is in maintenance: another command came after this one", false),
            BackendAnswers.Begun(s_up with { Admin = "maintenance" }));
    }
}
