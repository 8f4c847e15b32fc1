using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Demo;

/// <summary>One backend and one client of the demo, each a process of its own, as containers have them.</summary>
public sealed class DemoPartsTests
{
    [Fact]
    public async Task A_client_tells_what_it_sees_of_a_backend_and_both_end_when_they_are_told_to()
    {
        var port = FreePorts.Next();
        using var backend = NodeProcess.Start("demo", "backend", "b7", "--bind", $"127.0.0.1:{port}");
        await Eventually.Is(() => backend.Output.Contains($"sample backend b7 serves http://127.0.0.1:{port}/", StringComparison.Ordinal));
        using var client = NodeProcess.Start("demo", "client", $"http://localhost:{port}/");

        await Eventually.Is(() => client.Output.Contains("; b7 ", StringComparison.Ordinal));

        foreach (var one in new[] { client, backend })
        {
            one.Terminate();
            Assert.Equal((0, ""), (await one.ExitCodeAsync(), one.Errors));
        }

        Assert.Matches("localhost is [^;]*127.0.0.1[^;]*; .* 0 failed, 0 sent again", client.Output);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_line_and_exit_code_1()
    {
        await using var other = RawBackend.Start();

        using var backend = NodeProcess.Start("demo", "backend", "b1", "--bind", $"{other.EndPoint}");

        Assert.Equal(1, await backend.ExitCodeAsync());
        Assert.StartsWith($"{other.EndPoint} cannot be opened: ", backend.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"lb\" is no URL to ask; it must be one such as http://lb:8080/", "demo", "client", "lb")]
    [InlineData("--bind \"host\" is not an IP address of this machine; use 0.0.0.0 or * for all, 127.0.0.1 or localhost for loopback",
        "demo", "backend", "b1", "--bind", "host:80")]
    public async Task What_makes_no_sense_is_one_line_and_exit_code_2(string line, params string[] arguments)
    {
        using var command = NodeProcess.Start(arguments);

        Assert.Equal((2, line), (await command.ExitCodeAsync(), command.Errors.Trim()));
    }
}
