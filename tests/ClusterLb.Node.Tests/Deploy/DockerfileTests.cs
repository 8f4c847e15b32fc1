using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Architecture;

namespace ClusterLb.Node.Tests.Deploy;

/// <summary>deploy/Dockerfile and what .dockerignore leaves it.</summary>
public sealed partial class DockerfileTests
{
    private static string Dockerfile { get; } = File.ReadAllText(Path.Combine(Repository.Root, "deploy/Dockerfile"));

    private static string[] Projects { get; } =
        Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    private static string[] Ignored { get; } = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore"));

    [Fact]
    public void Every_project_of_the_program_is_restored_from_its_own_files()
    {
        Assert.Equal(Projects.Select(file => Path.GetFileNameWithoutExtension(file)).Order(),
            CopyPattern().Matches(Dockerfile).Select(match => match.Groups[1].Value).Order());
    }

    [Fact]
    public void The_restore_sees_everything_that_decides_about_packages()
    {
        var before = Dockerfile[..Dockerfile.IndexOf("dotnet restore", StringComparison.Ordinal)];
        var deciding = new[] { "", "src" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "Directory.*"))
            .Select(file => Path.GetRelativePath(Repository.Root, file));

        Assert.All(deciding, file => Assert.Contains($" {file} ", before, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_copied_first_and_what_is_let_through_is_there()
    {
        var copied = Dockerfile.Split('\n').Single(line => line.StartsWith("COPY global.json", StringComparison.Ordinal)).Split(' ')[1..^1];
        var let = Ignored.Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();

        Assert.Contains("*", Ignored);
        Assert.All(copied.Concat(let), name => Assert.True(Path.Exists(Path.Combine(Repository.Root, name)), name));
        Assert.All(copied, name => Assert.Contains(name, let));
    }

    [Fact]
    public void What_the_program_is_built_of_beside_src_is_let_through()
    {
        var embedded = Projects.SelectMany(project => XDocument.Load(project).Descendants("EmbeddedResource"))
            .Select(one => one.Attribute("Include")!.Value)
            .Where(path => path.StartsWith("../../", StringComparison.Ordinal)).Select(path => path["../../".Length..]).ToList();

        Assert.Contains("hocon/demo.conf", embedded);
        Assert.All(embedded, path => Assert.Contains(Ignored, line =>
            line == $"!{path}" || line == $"!{Path.GetDirectoryName(path)}"));
    }

    [Theory]
    [InlineData("CMD")]
    [InlineData("ENTRYPOINT")]
    public void What_it_runs_is_ours(string instruction)
    {
        var words = Regex.Matches(Dockerfile, $@"^\s*{instruction} \[(.*)\]", RegexOptions.Multiline)
            .Select(match => JsonSerializer.Deserialize<string[]>($"[{match.Groups[1].Value}]")!).ToList();

        Assert.NotEmpty(words);
        Assert.All(words, command => Assert.Empty(
            CommandLine.Root().Parse(command[0].EndsWith("clusterlb", StringComparison.Ordinal)
                ? [.. command[1..], .. command.Length == 1 ? ["run"] : Array.Empty<string>()]
                : command).Errors));
    }

    [Fact]
    public void It_does_not_run_as_root_and_its_base_images_can_be_chosen()
    {
        Assert.Matches(@"(?m)^USER 1654:1654$", Dockerfile);
        Assert.All(Regex.Matches(Dockerfile, @"(?m)^FROM (\S+)").Select(match => match.Groups[1].Value),
            image => Assert.Matches(@"^\$\{\w+\}$", image));
    }

    [GeneratedRegex(@"COPY src/([\w.]+)/\*\.csproj src/\1/packages\.lock\.json src/\1/")]
    private static partial Regex CopyPattern();
}
