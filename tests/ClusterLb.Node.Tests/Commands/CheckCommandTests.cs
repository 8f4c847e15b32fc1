using System.CommandLine;
using System.Text.Json;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Architecture;
using ClusterLb.Node.Tests.Configuration;

namespace ClusterLb.Node.Tests.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task A_good_configuration_is_counted_and_the_exit_code_is_0()
    {
        using var file = new ConfFile(Conf.Minimal);

        Assert.Equal(0, await CheckAsync("--config", file.Path));

        Assert.Equal("configuration ok: 1 listener, 1 pool, 1 backend", _output.ToString().Trim());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Problems_go_to_standard_error_and_the_exit_code_is_1()
    {
        using var file = new ConfFile(Conf.Minimal + "clusterlb.node.nam = x\nclusterlb.node.drain-delay = x");

        Assert.Equal(1, await CheckAsync("-c", file.Path));

        Assert.Empty(_output.ToString());
        var lines = _error.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(3, lines.Length);
        Assert.All(lines[..2], line => Assert.StartsWith(file.Path + ":", line, StringComparison.Ordinal));
        Assert.Equal("2 errors", lines[2]);
    }

    [Fact]
    public async Task As_JSON_every_problem_has_source_key_and_message()
    {
        using var file = new ConfFile(Conf.Minimal);

        Assert.Equal(1, await CheckAsync("-c", file.Path, "--json", "--set", "node.nam=x"));

        using var answer = JsonDocument.Parse(_output.ToString());
        Assert.False(answer.RootElement.GetProperty("ok").GetBoolean());
        var problem = Assert.Single(answer.RootElement.GetProperty("problems").EnumerateArray());
        Assert.Equal("--set node.nam", problem.GetProperty("source").GetString());
        Assert.Equal("clusterlb.node.nam", problem.GetProperty("key").GetString());
        Assert.Equal("unknown key; did you mean \"name\"?", problem.GetProperty("message").GetString());
    }

    [Fact]
    public async Task As_JSON_a_good_configuration_is_ok_true()
    {
        using var file = new ConfFile(Conf.Minimal);

        Assert.Equal(0, await CheckAsync("-c", file.Path, "--json"));

        using var answer = JsonDocument.Parse(_output.ToString());
        Assert.True(answer.RootElement.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Files_and_settings_may_be_repeated_and_later_ones_win()
    {
        using var first = new ConfFile(Conf.Minimal + "clusterlb.node.drain-delay = soon");
        using var second = new ConfFile("clusterlb.node.drain-delay = 1s");

        Assert.Equal(0, await CheckAsync("-c", first.Path, "-c", second.Path, "--set", "node.name=a b", "--set", "node.name=lb2"));
    }

    [Theory]
    [InlineData("clusterlb.conf")]
    [InlineData("demo.conf")]
    public async Task The_files_that_come_with_it_are_right(string name)
    {
        Assert.Equal(0, await CheckAsync("-c", Path.Combine(Repository.Root, "hocon", name)));

        Assert.StartsWith("configuration ok", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_one_line()
    {
        Assert.Equal(1, await CheckAsync("-c", "/no/such/file.conf"));

        Assert.Equal(["/no/such/file.conf: no such file", "1 error"], _error.ToString().TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public async Task Warnings_are_told_and_counted_and_the_exit_code_is_0()
    {
        using var file = new ConfFile(Conf.Minimal
            + "clusterlb.listeners.web.bind = \"127.0.0.1:0\"\nclusterlb.pools.app.queue.length = 3");

        Assert.Equal(0, await CheckAsync("-c", file.Path));

        Assert.Equal("configuration ok: 1 listener, 1 pool, 1 backend, 2 warnings", _output.ToString().Trim());
        var lines = _error.ToString().TrimEnd().Split(Environment.NewLine);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"{file.Path}:8: warning: clusterlb.listeners.web.bind: has port 0", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{file.Path}:9: warning: clusterlb.pools.app.queue: is never used", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strict_is_content_with_no_warning_only()
    {
        using var file = new ConfFile(Conf.Minimal);

        Assert.Equal(0, await CheckAsync("-c", file.Path, "--strict"));
        Assert.Equal(1, await CheckAsync("-c", file.Path, "--strict", "--set", "listeners.web.bind=127.0.0.1:0"));

        Assert.Equal("1 warning", _error.ToString().TrimEnd().Split(Environment.NewLine)[^1]);
    }

    [Fact]
    public async Task Errors_and_warnings_are_counted_together()
    {
        using var file = new ConfFile(Conf.Minimal + "clusterlb.node.name = lb1\nclusterlb.node.name = lb2\nclusterlb.node.nam = x");

        Assert.Equal(1, await CheckAsync("-c", file.Path));

        Assert.Equal("1 error, 1 warning", _error.ToString().TrimEnd().Split(Environment.NewLine)[^1]);
    }

    [Fact]
    public async Task As_JSON_warnings_stand_beside_problems()
    {
        using var file = new ConfFile(Conf.Minimal);

        Assert.Equal(0, await CheckAsync("-c", file.Path, "--json", "--set", "listeners.web.bind=127.0.0.1:0"));

        using var answer = JsonDocument.Parse(_output.ToString());
        Assert.True(answer.RootElement.GetProperty("ok").GetBoolean());
        Assert.Empty(answer.RootElement.GetProperty("problems").EnumerateArray());
        var warning = Assert.Single(answer.RootElement.GetProperty("warnings").EnumerateArray());
        Assert.Equal("clusterlb.listeners.web.bind", warning.GetProperty("key").GetString());
        Assert.Equal(3, warning.EnumerateObject().Count());
    }

    private Task<int> CheckAsync(params string[] args) =>
        CheckCommand.Create().Parse(args)
            .InvokeAsync(new InvocationConfiguration { Output = _output, Error = _error, EnableDefaultExceptionHandler = false });
}
