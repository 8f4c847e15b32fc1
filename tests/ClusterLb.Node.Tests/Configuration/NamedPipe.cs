using System.Diagnostics;

namespace ClusterLb.Node.Tests.Configuration;

/// <summary>A named pipe, to which nobody writes until the test does.</summary>
internal sealed class NamedPipe : IDisposable
{
    public NamedPipe()
    {
        using var make = Process.Start("mkfifo", [Path]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());

    /// <summary>Waits for somebody who reads. Shared, for this platform locks what it opens, and the pipe is one file to both.</summary>
    public Task<StreamWriter> OpenAsync() =>
        Task.Run(() => new StreamWriter(new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)));

    /// <summary>Whoever waits for somebody who writes is let go.</summary>
    public void Dispose()
    {
        using (new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)) File.Delete(Path);
    }
}
