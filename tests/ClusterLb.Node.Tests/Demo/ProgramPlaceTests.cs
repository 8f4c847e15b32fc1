using System.Diagnostics;
using ClusterLb.Node.Demo;

namespace ClusterLb.Node.Tests.Demo;

public sealed class ProgramPlaceTests
{
    private const string Program = "/home/jane/clusterlb/artifacts/publish/ClusterLb.Node/release/";

    [Theory]
    [InlineData("/home/jane/clusterlb", "$PWD/artifacts/publish/ClusterLb.Node/release")]
    [InlineData("/home/jane/clusterlb/", "$PWD/artifacts/publish/ClusterLb.Node/release")]
    [InlineData("/home/jane/clusterlb/artifacts/publish/ClusterLb.Node/release", "$PWD")]
    [InlineData("/home/jane/clusterlb/artif", "$HOME/clusterlb/artifacts/publish/ClusterLb.Node/release")]
    [InlineData("/tmp", "$HOME/clusterlb/artifacts/publish/ClusterLb.Node/release")]
    [InlineData("/", "$HOME/clusterlb/artifacts/publish/ClusterLb.Node/release")]
    public void A_shell_is_told_the_shortest_way(string current, string expected)
    {
        var place = ProgramPlace.Of(Program, current, "/home/jane");

        Assert.Equal(expected, place.Folder);
        Assert.Equal([$"PATH=\"{expected}:$PATH\""], place.OnPath(1_000));
        Assert.Equal(expected.StartsWith("$PWD", StringComparison.Ordinal), place.IsBelowHere);
    }

    [Theory]
    [InlineData("/opt/clusterlb")]
    [InlineData("/opt/a $folder \"with\" `odd` \\ names")]
    [InlineData("/very/long/path/that/no/terminal/of/eighty/columns/has/the/room/for/since/it/goes/on/and/on/until/the/end/of/all/days")]
    public async Task What_a_shell_is_told_is_what_it_does(string folder)
    {
        var place = ProgramPlace.Of(folder, "/tmp", "");
        var lines = place.OnPath(60).ToList();
        Assert.All(lines, line => Assert.True(line.Length <= 60, line));

        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", string.Join('\n', [.. lines, "echo \"${PATH%%:*}\""])])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal($"{folder}\n", await shell.StandardOutput.ReadToEndAsync());
        await shell.WaitForExitAsync();
    }

    [Fact]
    public void Where_every_shell_finds_it_nothing_is_said() => Assert.Empty(new ProgramPlace("").OnPath(80));
}
