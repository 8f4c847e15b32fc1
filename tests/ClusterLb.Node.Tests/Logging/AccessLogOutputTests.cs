using ClusterLb.Core.Configuration;
using ClusterLb.Node.Logging;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Logging;

public sealed class AccessLogOutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_that_is_renamed_between_its_opening_and_its_use_is_not_the_log_any_more()
    {
        var (path, renamed) = (Path.Combine(_folder, "new.log"), Path.Combine(_folder, "new.log.1"));
        await using var log = new AccessLogOutput(
            Configs.Node.AccessLog with { Format = AccessLogFormat.Json, Path = Path.Combine(_folder, "old.log") });
        var config = log.Config with { Path = path };
        var sink = AccessLogOutput.Open(config);

        File.Move(path, renamed);
        Assert.Equal("", await log.FollowAsync(sink, config, _ => Task.CompletedTask));

        Assert.True(File.Exists(path));
        Assert.Equal(path, log.Path);
    }
}
