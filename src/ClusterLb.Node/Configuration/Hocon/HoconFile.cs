using System.Buffers;
using System.Text.Unicode;
using ClusterLb.Node.Files;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Reads a file, whatever somebody named: a folder, a device that never ends, bytes that are no text.</summary>
internal static class HoconFile
{
    /// <param name="path">Of the file.</param>
    /// <param name="most">Bytes.</param>
    /// <exception cref="HoconException">It cannot be read; the place is the file.</exception>
    public static string Read(string path, int most)
    {
        try
        {
            return Decode(path, ReadBytes(path, most));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new HoconException(new HoconPlace(path), "no such file");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new HoconException(
                new HoconPlace(path), Directory.Exists(path) ? "is a directory; give a file in it" : "cannot be read: " + failure.Message);
        }
    }

    private static byte[] ReadBytes(string path, int most)
    {
        var bytes = NamedFile.Read(path, most);
        return bytes.Length <= most
            ? bytes
            : throw new HoconException(new HoconPlace(path), "is too large; all files together must be smaller than 16 MiB");
    }

    private static string Decode(string path, ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length];
        if (Utf8.ToUtf16(bytes, text, out var read, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            var line = bytes[..read].Count((byte)'\n') + 1;
            throw new HoconException(new HoconPlace(path, line), "is not UTF-8; the file must be saved as such");
        }

        // Else the first line's columns were one too many.
        return text is ['\ufeff', ..] ? new string(text, 1, length - 1) : new string(text, 0, length);
    }
}
