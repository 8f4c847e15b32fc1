using System.Globalization;

namespace ClusterLb.Node.Files;

/// <summary>
/// Reads a file that somebody named, who may have named a pipe that nobody writes to or a device that never ends: what has not been read to
/// its end, or to as much as it may have, when patience is over, cannot be read. A pipe that is written to is as good as a file
/// (<c>--config &lt;(...)</c>). Any thread.
/// </summary>
internal static class NamedFile
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <param name="path">Of the file.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <returns>All of them, or one more than it may have.</returns>
    /// <exception cref="IOException">It cannot be read, or not in time.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public static byte[] Read(string path, int most) => Read(path, most, s_patience);

    internal static byte[] Read(string path, int most, TimeSpan patience)
    {
        // On a thread of its own, because nothing ends a call that waits for somebody to open the other end.
        var reading = Task.Factory.StartNew(
            () => ReadAll(path, most), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([reading], patience) < 0)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture,
                $"it did not come to its end within {patience.TotalSeconds} s; a pipe needs somebody who writes to it and closes it"));
        }

        return reading.GetAwaiter().GetResult();
    }

    private static byte[] ReadAll(string path, int most)
    {
        using var file = File.OpenRead(path);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (bytes.Length <= most && file.Read(buffer) is var count and > 0) bytes.Write(buffer, 0, count);
        bytes.SetLength(Math.Min(bytes.Length, most + 1L));
        return bytes.ToArray();
    }
}
