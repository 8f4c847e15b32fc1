using ClusterLb.Node.Files;
using ClusterLb.Node.Tests.Configuration;

namespace ClusterLb.Node.Tests.Files;

public sealed class NamedFileTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void A_pipe_that_nobody_writes_to_cannot_be_read_and_keeps_nobody_waiting()
    {
        using var pipe = new NamedPipe();

        var failure = Assert.Throws<IOException>(() => NamedFile.Read(pipe.Path, 100, s_short));

        Assert.Equal("it did not come to its end within 0.1 s; a pipe needs somebody who writes to it and closes it", failure.Message);
    }

    [Fact]
    public async Task A_pipe_that_is_written_to_is_as_good_as_a_file()
    {
        using var pipe = new NamedPipe();
        var reading = Task.Run(() => NamedFile.Read(pipe.Path, 4, TimeSpan.FromMinutes(1)));
        await using (var writer = await pipe.OpenAsync()) await writer.WriteAsync("text");

        Assert.Equal("text"u8.ToArray(), await reading);
    }

    [Fact]
    public void What_has_no_end_is_read_as_far_as_it_may_be_long_and_a_byte_more() =>
        Assert.Equal(new byte[100_001], NamedFile.Read("/dev/zero", 100_000));

    [Fact]
    public void What_is_not_there_is_told_as_ever() =>
        Assert.Throws<FileNotFoundException>(() => NamedFile.Read("/nowhere-at-all", 100));

    [Fact]
    public void Whatever_a_configuration_names_a_pipe_without_a_writer_is_one_problem()
    {
        using var pipe = new NamedPipe();
        const string Why = "cannot be read: it did not come to its end within 5 s; a pipe needs somebody who writes to it and closes it";

        Assert.Equal($"\"{pipe.Path}\" {Why}", Conf.Single(Conf.Read(Conf.Minimal, $"node.admin.token-file={pipe.Path}")).Message);
        Assert.StartsWith(Why, Conf.Single(Conf.Read(Conf.Minimal + $"include \"{pipe.Path}\"")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node.admin.tls", "certificate", "key")]
    [InlineData("cluster.tls", "certificate", "key", "ca")]
    [InlineData("store.redis", "ca")]
    public void A_certificate_is_read_more_than_once_and_so_no_pipe(string block, params string[] keys)
    {
        using var pipe = new NamedPipe();

        var problems = Conf.Read(Conf.Minimal, ["store.redis.tls=true", .. keys.Select(key => $"{block}.{key}={pipe.Path}")]).Problems;

        Assert.Equal(keys, problems.Select(problem => problem.Key.Split('.')[^1]));
        Assert.All(problems, problem => Assert.Equal($"\"{pipe.Path}\" is no file; it must be a PEM file", problem.Message));
    }
}
