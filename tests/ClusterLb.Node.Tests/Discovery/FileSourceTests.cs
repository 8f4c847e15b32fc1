using System.Diagnostics;
using ClusterLb.Core.Discovery;
using ClusterLb.Node.Discovery;

namespace ClusterLb.Node.Tests.Discovery;

public sealed class FileSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterlb-source-").FullName;
    private readonly FileSource _source;

    public FileSourceTests() => _source = new FileSource(At("backends.json"), TimeProvider.System);

    public void Dispose()
    {
        _source.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_that_is_written_again_is_noticed()
    {
        Write("backends.json", "10.0.0.1:80");
        Assert.Equal("10.0.0.1:80", await AskAsync());
        await NoticedAsync(() => Write("backends.json", "10.0.0.2:80"));
        Assert.Equal("10.0.0.2:80", await AskAsync());
    }

    [Fact]
    public async Task A_file_that_another_one_replaces_is_noticed_each_time()
    {
        Write("backends.json", "10.0.0.1:80");
        for (var i = 2; i < 5; i++)
        {
            await AskAsync();
            await NoticedAsync(() =>
            {
                Write("next.json", $"10.0.0.{i}:80");
                File.Move(At("next.json"), At("backends.json"), overwrite: true);
            });
            Assert.Equal($"10.0.0.{i}:80", await AskAsync());
        }
    }

    [Fact]
    public async Task A_link_on_the_way_that_leads_elsewhere_is_noticed()
    {
        // As a ConfigMap that Kubernetes mounts: the file is a link into a link to a folder.
        Write("one/backends.json", "10.0.0.1:80");
        Write("two/backends.json", "10.0.0.2:80");
        Directory.CreateSymbolicLink(At("..data"), "one");
        File.CreateSymbolicLink(At("backends.json"), "..data/backends.json");
        Assert.Equal("10.0.0.1:80", await AskAsync());

        await NoticedAsync(() =>
        {
            Directory.CreateSymbolicLink(At("..next"), "two");
            Directory.Delete(At("one"), recursive: true);
            // In one step, as the library cannot.
            using var rename = Process.Start("mv", ["-T", At("..next"), At("..data")]);
            rename.WaitForExit();
            Assert.Equal(0, rename.ExitCode);
        });
        Assert.Equal("10.0.0.2:80", await AskAsync());
    }

    [Fact]
    public async Task A_file_behind_a_link_that_is_written_is_noticed()
    {
        Write("elsewhere/list.json", "10.0.0.1:80");
        File.CreateSymbolicLink(At("backends.json"), At("elsewhere/list.json"));
        await AskAsync();
        await NoticedAsync(() => Write("elsewhere/list.json", "10.0.0.2:80"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_yet_is_noticed_when_it_comes()
    {
        Assert.Equal($"\"{At("backends.json")}\" does not exist", await AskAsync());
        await NoticedAsync(() => Write("backends.json", "10.0.0.1:80"));
        Assert.Equal("10.0.0.1:80", await AskAsync());
    }

    [Fact]
    public async Task Other_files_of_the_folder_are_nobodys_business()
    {
        Write("backends.json", "10.0.0.1:80");
        await AskAsync();
        var changed = _source.ChangedAsync(CancellationToken.None);
        Write("other.json", "10.0.0.2:80");
        await Task.WhenAny(changed, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System));
        Assert.False(changed.IsCompleted);
        Write("backends.json", "10.0.0.2:80");
        await changed.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_cannot_be_read_is_no_answer()
    {
        Directory.CreateDirectory(At("backends.json"));
        Assert.Contains("does not exist", await AskAsync(), StringComparison.Ordinal);
        Directory.Delete(At("backends.json"));
        await File.WriteAllTextAsync(At("backends.json"), "[\"10.0.0.1");
        Assert.Contains("is no JSON", await AskAsync(), StringComparison.Ordinal);
        await using (var large = File.Create(At("backends.json"))) large.SetLength(5 << 20);
        Assert.Contains("is larger than 4 MiB", await AskAsync(), StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void Write(string name, string address)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), $"[\"{address}\"]");
    }

    private async Task<string> AskAsync() => await _source.AskAsync(CancellationToken.None) switch
    {
        FoundBackends found => string.Join(' ', found.Backends.Select(backend => backend.Name)),
        NobodyFound nobody => nobody.Reason,
        NoAnswer none => none.Reason,
        _ => throw new InvalidOperationException(),
    };

    private async Task NoticedAsync(Action change)
    {
        var changed = _source.ChangedAsync(CancellationToken.None);
        change();
        await changed.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
