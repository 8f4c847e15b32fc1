using ClusterLb.ControlPlane.Remoting;

namespace ClusterLb.Node.Configuration;

/// <summary>Files that a configuration names.</summary>
internal static class FilePaths
{
    /// <summary>A relative path begins where the file is in which it stands; from elsewhere it is the working folder's.</summary>
    /// <param name="path">As it was written.</param>
    /// <param name="source">A file, or whatever else may set a key.</param>
    public static string Of(string path, string source) =>
        File.Exists(source) ? Path.Combine(Path.GetDirectoryName(source) ?? "", path) : path;

    /// <summary>
    /// Whether it can be read again and again, which no pipe can: one that nobody writes to keeps whoever opens it for ever.
    /// </summary>
    public static bool IsFile(string path) => OperatingSystem.IsLinux() ? UnixFile.Of(path) is { IsRegular: true } : File.Exists(path);

    /// <summary>Every user of this machine may read it.</summary>
    /// <param name="path">What is no file, or an empty one, as a device or a pipe is, is nobody's.</param>
    public static bool IsOpenToAll(string path) => !OperatingSystem.IsWindows() && new FileInfo(path) is { Exists: true, Length: > 0 }
        && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead);
}
