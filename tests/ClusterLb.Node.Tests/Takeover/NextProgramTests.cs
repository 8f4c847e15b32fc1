using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Tests.Takeover;

public sealed class NextProgramTests
{
    [Fact]
    public void It_is_started_by_the_name_by_which_this_one_was()
    {
        var next = NextProgram.Of(["/opt/clusterlb/clusterlb", "run", "--config", "a.conf"], "/opt/clusterlb-1.0/clusterlb", "/run/t.sock");

        Assert.Equal("/opt/clusterlb/clusterlb", next.File);
        Assert.Equal(["run", "--config", "a.conf", "--takeover", "/run/t.sock"], next.Arguments);
    }

    [Fact]
    public void A_name_that_was_searched_is_the_file_that_was_found() =>
        Assert.Equal("/usr/bin/dotnet", NextProgram.Of(["dotnet", "clusterlb.dll", "run"], "/usr/bin/dotnet", "/run/t.sock").File);

    [Theory]
    [InlineData("--takeover", "/run/before.sock")]
    [InlineData("--takeover=/run/before.sock")]
    public void Where_this_one_took_over_is_not_where_the_next_one_does(params string[] takeover) =>
        Assert.Equal(["run", "-c", "a.conf", "--takeover", "/run/t.sock"],
            NextProgram.Of(["/bin/clusterlb", "run", .. takeover, "-c", "a.conf"], "/bin/clusterlb", "/run/t.sock").Arguments);
}
