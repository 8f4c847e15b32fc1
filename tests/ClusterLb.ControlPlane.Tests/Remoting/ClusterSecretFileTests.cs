using System.Diagnostics;
using System.Runtime.Versioning;
using ClusterLb.ControlPlane.Remoting;

namespace ClusterLb.ControlPlane.Tests.Remoting;

[SupportedOSPlatform("linux")]
public sealed class ClusterSecretFileTests : IDisposable
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb").FullName;

    private string Path => System.IO.Path.Combine(_folder, "state", "clusterlb", "cluster.secret");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/var/lib/clusterlb", null, "/root", "/var/lib/clusterlb/cluster.secret")]
    [InlineData("/var/lib/a:/var/lib/b", null, "/root", "/var/lib/a/cluster.secret")]
    [InlineData(null, "/x/state", "/root", "/x/state/clusterlb/cluster.secret")]
    [InlineData(null, "relative", "/root", "/root/.local/state/clusterlb/cluster.secret")]
    [InlineData(null, null, "/root", "/root/.local/state/clusterlb/cluster.secret")]
    [InlineData("", "", null, "")]
    public void Nodes_of_one_user_find_the_same_file(string? systemd, string? xdg, string? home, string path) =>
        Assert.Equal(path, ClusterSecretFile.DefaultPath(name => name switch
        {
            "STATE_DIRECTORY" => systemd,
            "XDG_STATE_HOME" => xdg,
            _ => home
        }));

    [Fact]
    public async Task Nodes_that_are_started_at_once_make_one_secret_that_only_their_user_can_read()
    {
        for (var round = 0; round < 50; round++)
        {
            using var start = new ManualResetEventSlim();
            var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            {
                start.Wait();
                return Convert.ToHexString(ClusterSecretFile.ReadOrMake(Path));
            })).ToList();
            start.Set();

            Assert.Single((await Task.WhenAll(readers)).Distinct());
            Assert.Equal(Own, File.GetUnixFileMode(Path));
            Assert.Equal([Path], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
            File.Delete(Path);
        }
    }

    [Fact]
    public void A_secret_that_is_there_is_taken_as_it_is()
    {
        Write($"  {new string('s', 32)}\r\n", Own);
        Assert.Equal(Enumerable.Repeat((byte)'s', 32), ClusterSecretFile.ReadOrMake(Path));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_secret_that_others_can_read_or_write_is_none(UnixFileMode foreign)
    {
        Write(new string('s', 32), Own | foreign);
        Assert.Equal($"\"{Path}\" can be read or written by others; it must be this user's alone: chmod 600 {Path}", Problem());
    }

    [Fact]
    public void A_secret_that_can_be_guessed_is_none()
    {
        Write(new string('s', 31) + "\n", Own);
        Assert.Equal($"\"{Path}\" holds 31 bytes; it must hold 32 or more, such as openssl rand -hex 32 gives", Problem());
    }

    [Fact]
    public void A_secret_that_is_not_there_or_no_file_says_so_in_one_line()
    {
        Assert.StartsWith($"\"{Path}\" cannot be read: ", Problem(), StringComparison.Ordinal);
        Directory.CreateDirectory(Path);
        Assert.Equal(NoFile, Problem());
    }

    [Fact]
    public void A_secret_that_cannot_be_made_says_so_in_one_line()
    {
        File.WriteAllText(System.IO.Path.Combine(_folder, "state"), "a file where a folder should be");
        Assert.StartsWith($"\"{Path}\" cannot be made: ", Assert.Throws<ClusterSecretException>(() => ClusterSecretFile.ReadOrMake(Path))
            .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_in_the_place_of_a_secret_keeps_nobody_waiting()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!, Own | UnixFileMode.UserExecute);
        using (var make = Process.Start("mkfifo", [Path])) make.WaitForExit();
        Assert.Equal(NoFile, Problem());
    }

    [Theory]
    [InlineData(0u, 1000u, null)]
    [InlineData(1000u, 1000u, null)]
    [InlineData(1001u, 1000u, "\"/s\" belongs to user 1001, who can change it; it must belong to this user or root: chown 1000 /s")]
    [InlineData(1001u, 0u, "\"/s\" belongs to user 1001, who can change it; it must belong to this user or root: chown 0 /s")]
    public void A_secret_of_another_user_is_none(uint owner, uint user, string? problem) =>
        Assert.Equal(problem, ClusterSecretFile.ProblemOf("/s", new UnixFile(owner, 0x8180), user));

    [Fact]
    public void A_file_says_whose_it_is()
    {
        Write(new string('s', 32), Own);
        using var file = File.OpenHandle(Path);
        Assert.Equal(new UnixFile(UnixFile.ThisUser, 0x8180), UnixFile.Of(file));
        Assert.Equal(UnixFile.Of(file), UnixFile.Of(Path));
        Assert.Equal(0u, UnixFile.Of("/")!.Value.Owner);
        Assert.Null(UnixFile.Of(Path + "-no"));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_secret_in_a_folder_where_others_can_put_another_is_none(UnixFileMode foreign)
    {
        Write(new string('s', 32), Own);
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        File.SetUnixFileMode(folder, Own | UnixFileMode.UserExecute | foreign);
        Assert.Equal($"\"{folder}\" can be written by others, who could put another secret at \"{Path}\"; it must be this user's alone: "
            + $"chmod go-w {folder}", Problem());
        File.SetUnixFileMode(folder, Own | UnixFileMode.UserExecute | foreign | UnixFileMode.StickyBit);
        Assert.Equal(32, ClusterSecretFile.Read(Path).Length);
    }

    private string NoFile => $"\"{Path}\" is not a regular file; it must be one with a secret in it, such as openssl rand -hex 32 gives";

    private string Problem() => Assert.Throws<ClusterSecretException>(() => ClusterSecretFile.Read(Path)).Message;

    private void Write(string text, UnixFileMode mode)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!, Own | UnixFileMode.UserExecute);
        File.WriteAllText(Path, text);
        File.SetUnixFileMode(Path, mode);
    }
}
