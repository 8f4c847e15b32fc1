using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>
/// The file with the cluster's secret: whoever can read it may speak at the cluster port. It is this user's or root's alone, in a folder
/// where nobody else can put another, or nodes refuse to use it.
/// </summary>
public static partial class ClusterSecretFile
{
    /// <summary>
    /// In bytes, without white space at the ends. A proof is shown to whoever sits at a dead node's port, so a secret must not be guessable
    /// offline.
    /// </summary>
    public const int Least = 32;

    private const int Most = 4_096;

    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode ForeignWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private const UnixFileMode Foreign = ForeignWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Where nodes of this user share a secret when none is named: the state folder that systemd gave, else the user's own.
    /// </summary>
    /// <param name="environment">Reads a variable.</param>
    /// <returns>Empty when the user has no folder.</returns>
    public static string DefaultPath(Func<string, string?> environment)
    {
        // systemd gives several, separated by colons, to a unit that asks for several.
        if (environment("STATE_DIRECTORY") is { Length: > 0 } given) return Path.Combine(given.Split(':')[0], "cluster.secret");
        if (environment("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state))
            return Path.Combine(state, "clusterlb", "cluster.secret");
        return environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "state", "clusterlb", "cluster.secret") : "";
    }

    /// <exception cref="ClusterSecretException">It cannot be read, others can read it or choose it, or it is too short.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            if (OperatingSystem.IsLinux() && ProblemBeforeOpening(path) is { } early) throw new ClusterSecretException(early);
            using var file = File.OpenHandle(path);
            if (OperatingSystem.IsLinux() && ProblemOf(path, UnixFile.Of(file), UnixFile.ThisUser) is { } problem)
                throw new ClusterSecretException(problem);
            var bytes = new byte[Most];
            var secret = bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0)).Trim(" \t\r\n"u8).ToArray();
            return secret.Length >= Least
                ? secret
                : throw new ClusterSecretException(string.Create(
                    CultureInfo.InvariantCulture,
                        $"\"{path}\" holds {secret.Length} bytes; it must hold {Least} or more, such as openssl rand -hex 32 gives"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ClusterSecretException($"\"{path}\" cannot be read: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Whether what was opened may be used.</summary>
    /// <param name="file">Null = it cannot be asked about.</param>
    /// <param name="user">This one.</param>
    /// <returns>Null = it may, else the reason in one line.</returns>
    internal static string? ProblemOf(string path, UnixFile? file, uint user) => file switch
    {
        null => $"\"{path}\" does not say whose it is; it must be a regular file of this user",
        { IsRegular: false } => NoFile(path),
        { Owner: not 0 } other when other.Owner != user =>
            string.Create(CultureInfo.InvariantCulture,
                $"\"{path}\" belongs to user {other.Owner}, who can change it; it must belong to this user or root: chown {user} {path}"),
        { } own when (own.Permissions & Foreign) != 0 =>
            $"\"{path}\" can be read or written by others; it must be this user's alone: chmod 600 {path}",
        _ => null,
    };

    private static string? ProblemBeforeOpening(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        // In a sticky one, as /tmp is, nobody can replace what is another's.
        if (UnixFile.Of(folder) is { } parent && (parent.Permissions & ForeignWrite) != 0
            && !parent.Permissions.HasFlag(UnixFileMode.StickyBit))
        {
            return $"\"{folder}\" can be written by others, who could put another secret at \"{path}\"; it must be this user's alone: "
                + $"chmod go-w {folder}";
        }

        return UnixFile.Of(path) is { IsRegular: false } ? NoFile(path) : null;
    }

    private static string NoFile(string path) =>
        $"\"{path}\" is not a regular file; it must be one with a secret in it, such as openssl rand -hex 32 gives";

    /// <summary>Of nodes that are started at once, one makes it and all read it.</summary>
    /// <exception cref="ClusterSecretException">As <see cref="Read"/>, or it cannot be made.</exception>
    public static byte[] ReadOrMake(string path)
    {
        if (!File.Exists(path)) Make(path);
        return Read(path);
    }

    private static void Make(string path)
    {
        var made = $"{path}.{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        try
        {
            MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Own;
            using (var file = new FileStream(made, options))
            {
                file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Least)) + "\n"));
                file.Flush(flushToDisk: true);
            }

            Publish(made, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClusterSecretException($"\"{path}\" cannot be made: {failure.Message.ReplaceLineEndings(" ")}");
        }
        finally
        {
            if (File.Exists(made)) File.Delete(made);
        }
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Own | UnixFileMode.UserExecute);
    }

    /// <summary>
    /// Gives a whole file its name unless another one has it: <c>rename</c>, and with it
    /// <see cref="File.Move(string, string)"/>, could replace one that others have read.
    /// </summary>
    private static void Publish(string made, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!File.Exists(path)) File.Move(made, path);
            return;
        }

        if (link(made, path) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        if (!File.Exists(path)) throw new IOException(Marshal.GetPInvokeErrorMessage(error));
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);
}

/// <summary>The cluster's secret cannot be used; the message says why, in one line.</summary>
public sealed class ClusterSecretException(string message) : Exception(message);
