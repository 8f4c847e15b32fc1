namespace ClusterLb.Node.Secrets;

/// <summary>A folder of small files that are whole or not there, each of which this user alone may read, or everybody.</summary>
internal sealed class SecretFolder(string path)
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybodys = Own | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly List<string> _written = [];

    /// <summary>Names of what was written, in this order.</summary>
    public IReadOnlyList<string> Written => _written;

    /// <summary>What a file holds; empty when it is not there.</summary>
    public string Read(string name) => File.Exists(PathOf(name)) ? File.ReadAllText(PathOf(name)) : "";

    public void WriteSecret(string name, string text) => Write(name, text, Own);

    public void WriteOpen(string name, string text) => Write(name, text, Everybodys);

    private string PathOf(string name) => Path.Combine(path, name);

    private void Write(string name, string text, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        // Beside it and renamed: a node that starts meanwhile reads all of it.
        var made = PathOf($".{name}.new");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (var writer = new StreamWriter(made, options)) writer.Write(text);
        // What is left of one that was killed keeps its mode, and the umask takes of a new one's.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(made, mode);
        File.Move(made, PathOf(name), overwrite: true);
        _written.Add(name);
    }
}
