using System.CommandLine;
using System.Net;
using ClusterLb.Core.Configuration;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Admin;
using ClusterLb.Node.Tests.Configuration;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Commands;

/// <summary>How a command shows that it may ask.</summary>
public sealed class TokenOptionTests : IDisposable
{
    private static readonly PoolConfig s_pool = Configs.PoolOf(new IPEndPoint(IPAddress.Loopback, 1));

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("wrong", "wants another token; give it with --token-file or CLUSTERLB_TOKEN")]
    [InlineData("", "wants another token; give it with --token-file or CLUSTERLB_TOKEN")]
    [InlineData("two words", "the token holds a space or a character that no header carries")]
    public async Task A_bad_token_is_one_line_and_exit_code_2(string token, string line)
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool, token: "correct-horse-battery");

        Assert.Equal(2, await RunAsync(admin, "status", "--token", token));
        Assert.EndsWith(line, _error.ToString().Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_right_token_is_taken()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool, token: "correct-horse-battery");

        Assert.Equal(0, await RunAsync(admin, "status", "--token", "correct-horse-battery"));
    }

    [Fact]
    public async Task A_token_in_a_file_is_taken_and_one_on_the_command_line_is_warned_of()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool, token: "correct-horse-battery");
        using var file = new ConfFile("correct-horse-battery\n");

        Assert.Equal(0, await RunAsync(admin, "status", "--token-file", file.Path));
        Assert.Equal("", _error.ToString());
        Assert.Equal(0, await RunAsync(admin, "status", "--token", "correct-horse-battery"));
        Assert.Equal("warning: --token shows the token to whoever lists processes; use --token-file or CLUSTERLB_TOKEN",
            _error.ToString().Trim());
    }

    [Fact]
    public async Task The_environment_may_name_the_file()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool, token: "correct-horse-battery");
        using var file = new ConfFile("correct-horse-battery\n");

        using var status = NodeProcess.StartWith($"CLUSTERLB_TOKEN_FILE={file.Path}", "status", "--admin", admin.Url);
        Assert.Equal((0, ""), (await status.ExitCodeAsync(), status.Errors));
        using var lost = NodeProcess.StartWith("CLUSTERLB_TOKEN_FILE=/nowhere/token", "status", "--admin", admin.Url);
        Assert.Equal((2, "CLUSTERLB_TOKEN_FILE \"/nowhere/token\" cannot be read: there is no such file"),
            (await lost.ExitCodeAsync(), lost.Errors.Trim()));
    }

    [Fact]
    public async Task A_token_file_that_is_not_there_is_one_line_and_exit_code_2()
    {
        Assert.Equal(2, await RunAsync("status", "--token-file", "/nowhere/token"));
        Assert.Equal("--token-file \"/nowhere/token\" cannot be read: there is no such file", _error.ToString().Trim());
    }

    [Fact]
    public async Task With_the_token_that_reads_commands_are_refused_with_the_token_that_is_needed()
    {
        await using var admin = await TestAdmin.BuildAsync(s_pool, token: "correct-horse-battery");
        using var file = new ConfFile(TestAdmin.ReadToken);

        Assert.Equal(0, await RunAsync(admin, "status", "--token-file", file.Path));
        Assert.Equal(2, await RunAsync(admin, "backend", "drain", "app/b1", "--token-file", file.Path));
        Assert.Equal("this token reads only (node.admin.read-token); POST needs node.admin.token", _error.ToString().Trim());
    }

    private Task<int> RunAsync(TestAdmin admin, params string[] arguments) => RunAsync([.. arguments, "--admin", admin.Url]);

    private Task<int> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync(arguments,
            new InvocationConfiguration { Output = _output, Error = _error, EnableDefaultExceptionHandler = false });
}
