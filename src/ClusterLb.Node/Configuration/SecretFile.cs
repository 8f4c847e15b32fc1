using ClusterLb.Node.Files;

namespace ClusterLb.Node.Configuration;

/// <summary>A secret in a file of its own, as systemd, Docker and Kubernetes hand them out. Any thread.</summary>
internal static class SecretFile
{
    /// <summary>A secret is a line.</summary>
    private const int MostBytes = 4_096;

    /// <summary>What the file holds, without the line's end.</summary>
    /// <param name="problem">One line; empty when there is none.</param>
    public static string Read(string path, out string problem)
    {
        problem = "";
        try
        {
            var bytes = NamedFile.Read(path, MostBytes);
            var text = System.Text.Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n');
            problem = bytes.Length > MostBytes ? $"\"{path}\" is longer than {MostBytes} bytes; it must hold the secret and nothing else"
                : text.Length == 0 ? $"\"{path}\" is empty; it must hold the secret" : "";
            return problem.Length > 0 ? "" : text;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"\"{path}\" cannot be read: {ReasonOf(failure, path)}";
            return "";
        }
    }

    private static string ReasonOf(Exception failure, string path) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        _ when Directory.Exists(path) => "it is a folder",
        UnauthorizedAccessException => "this user may not read it",
        _ => failure.Message.ReplaceLineEndings(" "),
    };
}
