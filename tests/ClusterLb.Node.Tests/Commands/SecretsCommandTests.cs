using System.CommandLine;
using ClusterLb.Node.Commands;
using ClusterLb.Node.Tests.Cluster;

namespace ClusterLb.Node.Tests.Commands;

public sealed class SecretsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-test-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task It_says_what_it_made_and_the_next_time_that_all_is_there()
    {
        Assert.Equal(0, await RunAsync("secrets", _folder, "lb1"));
        Assert.Equal($"{_folder}: made ca.pem, ca.key, lb1.key, lb1.pem, admin.token, redis.password, redis.acl",
            _output.ToString().Trim());

        _output.GetStringBuilder().Clear();
        Assert.Equal(0, await RunAsync("secrets", _folder, "lb1"));
        Assert.Equal($"{_folder}: all there", _output.ToString().Trim());
    }

    [Theory]
    [InlineData("../lb1")]
    [InlineData("a/b")]
    [InlineData("..")]
    public async Task A_name_that_is_none_of_a_file_is_one_line_and_exit_code_2(string node)
    {
        Assert.Equal(2, await RunAsync("secrets", _folder, node));

        Assert.Equal($"\"{node}\" is no name of a node; it must be of letters, digits, - _ . and begin with a letter or a digit",
            _error.ToString().Trim());
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public async Task Where_nothing_can_be_written_it_says_so_and_exits_with_1()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");

        Assert.Equal(1, await RunAsync("secrets", Path.Combine(file, "inside"), "lb1"));

        Assert.StartsWith("the secrets cannot be made: ", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_is_no_PEM_file_is_left_as_it_is()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.key"), "mine");

        Assert.Equal(1, await RunAsync("secrets", _folder, "lb1"));

        Assert.StartsWith("the secrets cannot be made: ", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_folder, "ca.key")));
    }

    [Fact]
    public async Task Nodes_with_its_certificates_are_a_cluster()
    {
        await using var cluster = ProcessCluster.Build();
        Assert.Equal(0, await RunAsync(["secrets", _folder, .. cluster.Nodes.Select(node => node.Name)]));

        foreach (var node in cluster.Nodes)
        {
            cluster.Start(node, $"cluster.tls.certificate={_folder}/{node.Name}.pem", $"cluster.tls.key={_folder}/{node.Name}.key",
                $"cluster.tls.ca={_folder}/ca.pem");
        }

        await cluster.WholeAsync([.. cluster.Nodes]);
    }

    private Task<int> RunAsync(params string[] arguments) => CommandLine.RunAsync(arguments,
        new InvocationConfiguration { Output = _output, Error = _error, EnableDefaultExceptionHandler = false });
}
