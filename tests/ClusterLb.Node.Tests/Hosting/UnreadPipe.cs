using System.Runtime.InteropServices;

namespace ClusterLb.Node.Tests.Hosting;

/// <summary>A named pipe that is full and that nobody reads, until the test does.</summary>
internal sealed partial class UnreadPipe : IDisposable
{
    private const int F_SETPIPE_SZ = 1031;
    private const int Size = 4096;

    private readonly FileStream _stream;

    public UnreadPipe()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());
        Assert.Equal(0, mkfifo(Path, 0b110_000_000));
        // For both directions, so that neither this nor who writes waits for the other to come.
        _stream = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        Assert.Equal(Size, fcntl((int)_stream.SafeFileHandle.DangerousGetHandle(), F_SETPIPE_SZ, Size));
        _stream.Write(new byte[Size]);
    }

    public string Path { get; }

    /// <summary>What comes once somebody reads, up to a text.</summary>
    public Task<string> ReadUntilAsync(string text) => Task.Run(() =>
    {
        var read = new System.Text.StringBuilder();
        var buffer = new byte[Size];
        while (!read.ToString().Contains(text, StringComparison.Ordinal))
            read.Append(System.Text.Encoding.UTF8.GetString(buffer, 0, _stream.Read(buffer)));
        return read.ToString().TrimStart('\0');
    }).WaitAsync(TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(Path);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int command, int argument);
}
