using System.CommandLine;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Hosting;

namespace ClusterLb.Node.Tests.Commands;

/// <summary>What a command line that makes no sense comes to: it was asked of nobody.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("Required command was not provided.", "")]
    [InlineData("Required command was not provided.", "backend")]
    [InlineData("Unrecognized command or argument 'stats'.", "stats")]
    [InlineData("Required argument 'POOL/BACKEND' missing for command: 'drain'.", "backend drain")]
    [InlineData("Required argument 'N|configured' missing for command: 'weight'.", "backend weight app/b1")]
    [InlineData("Required argument 'NAME' missing for command: 'ready'.", "node ready")]
    [InlineData("Unrecognized command or argument 'app/b2'.", "backend drain app/b1 app/b2")]
    [InlineData("Unrecognized command or argument '--jsn'.", "status --jsn")]
    [InlineData("Unrecognized command or argument '--configg'.", "run --configg clusterlb.conf")]
    [InlineData("Required argument missing for option: '--config'.", "check --config")]
    [InlineData("Option '--pool' is required.", "explain")]
    [InlineData("Unrecognized command or argument '--\\u001b[31m'.", "status --\u001b[31m")]
    [InlineData("Unrecognized command or argument '\\u009b31m'.", "node drain lb1 \u009b31m")]
    [InlineData("Unrecognized command or argument '\\u202e'.", "\u202e")]
    public async Task It_is_said_with_the_usage_and_exit_code_2(string line, string arguments)
    {
        Assert.Equal(2, await RunAsync(arguments));

        Assert.Contains(line, _error.ToString().Split(Environment.NewLine));
        Assert.Contains("Usage:", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_error.ToString(), c => char.IsControl(c) && c != '\n');
        Assert.Equal("", _output.ToString());
    }

    [Theory]
    [InlineData("\"b1\" is no backend; name it as POOL/BACKEND, such as app/b1", "backend drain b1")]
    [InlineData("weight is \"heavy\"; it must be a whole number from 0 to 256, or configured", "backend weight app/b1 heavy")]
    public async Task What_no_node_would_understand_is_one_line_and_exit_code_2(string line, string arguments)
    {
        Assert.Equal(2, await RunAsync(arguments));

        Assert.Equal((line, ""), (_error.ToString().Trim(), _output.ToString()));
    }

    [Theory]
    [InlineData("<POOL/BACKEND> <N|configured>", "backend weight --help")]
    [InlineData("--mode <sessions|all>", "backend drain --help")]
    [InlineData("node drain <NAME>", "node drain --help")]
    public async Task The_usage_names_what_is_to_be_given_whatever_a_shell_would_offer(string part, string arguments)
    {
        Assert.Equal(0, await RunAsync(arguments));

        Assert.Contains(part, _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("backend drain --help")]
    public async Task Whoever_asks_for_the_usage_gets_it_and_exit_code_0(string arguments)
    {
        Assert.Equal(0, await RunAsync(arguments));

        Assert.Contains("Usage:", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task So_it_is_in_a_process_of_its_own()
    {
        using var command = NodeProcess.Start("backend", "drain");

        Assert.Equal(2, await command.ExitCodeAsync());
        Assert.StartsWith("Required argument 'POOL/BACKEND' missing for command: 'drain'.", command.Errors, StringComparison.Ordinal);
        Assert.Equal("", command.Output);
    }

    private Task<int> RunAsync(string arguments) => CommandLine.RunAsync(
        arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new InvocationConfiguration { Output = _output, Error = _error, EnableDefaultExceptionHandler = false });
}
