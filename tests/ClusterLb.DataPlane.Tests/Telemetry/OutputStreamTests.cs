using System.Runtime.Versioning;
using ClusterLb.DataPlane.Telemetry;

namespace ClusterLb.DataPlane.Tests.Telemetry;

[SupportedOSPlatform("linux")]
public sealed class OutputStreamTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_new_file_is_nobody_elses()
    {
        using (var file = OutputStream.OfFile(_path)) file.Write("line\n"u8);

        Assert.Equal(UnixFileMode.None,
            File.GetUnixFileMode(_path) & (UnixFileMode.OtherRead
                | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite | UnixFileMode.UserExecute));
        Assert.Equal("line\n", File.ReadAllText(_path));
    }

    [Fact]
    public void A_file_that_somebody_cut_is_written_on_from_its_start()
    {
        using var file = OutputStream.OfFile(_path);
        file.Write("before\n"u8);
        using (var other = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) other.SetLength(0);
        file.Write("after\n"u8);

        Assert.Equal("after\n"u8.ToArray(), File.ReadAllBytes(_path));
    }

    [Fact]
    public void What_cannot_be_opened_says_why()
    {
        Assert.Contains("directory", Assert.Throws<IOException>(() => OutputStream.OfFile(Path.GetTempPath())).Message,
            StringComparison.OrdinalIgnoreCase);
        Assert.Contains("No such file", Assert.Throws<IOException>(() => OutputStream.OfFile("/no/such/folder/access.log")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_a_failure_and_not_a_silence()
    {
        using var full = OutputStream.OfFile("/dev/full");

        Assert.Contains("No space left", Assert.Throws<IOException>(() => full.Write("line\n"u8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_closed_twice_closes_nothing_of_anybody_else_and_takes_no_more()
    {
        var file = OutputStream.OfFile(_path);
        file.Dispose();
        // It gets the lowest number that is free, which is often the one just closed.
        using var others = File.OpenHandle("/dev/null");
        file.Dispose();

        Assert.False(others.IsInvalid);
        Assert.Equal(0, RandomAccess.GetLength(others));
        Assert.Throws<IOException>(() => file.Write("line\n"u8));
        Assert.Equal("", File.ReadAllText(_path));
    }

    [Fact]
    public void A_pipe_that_nobody_reads_does_not_hold_up_the_start()
    {
        using (var make = System.Diagnostics.Process.Start("mkfifo", _path)) make.WaitForExit();

        Assert.Equal("it is a pipe that nobody reads", Assert.Throws<IOException>(() => OutputStream.OfFile(_path)).Message);
    }
}
