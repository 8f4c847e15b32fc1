namespace ClusterLb.Node.Demo;

/// <summary>Where the program is that runs, as a shell in another terminal is told of it.</summary>
/// <param name="Folder">
/// In the words of a shell: <c>$PWD/…</c> or <c>$HOME/…</c> where it is below these; empty when every shell finds it.
/// </param>
internal sealed record ProgramPlace(string Folder)
{
    private const string Name = "clusterlb";

    /// <summary>Where every shell looks.</summary>
    private static readonly string[] s_usual = ["/usr/local/bin", "/usr/bin"];

    /// <summary>The path begins where the demo was started.</summary>
    public bool IsBelowHere => Folder.StartsWith("$PWD", StringComparison.Ordinal);

    /// <summary>Of this process.</summary>
    public static ProgramPlace OfThis() => s_usual.Any(IsThis)
        ? new ProgramPlace("")
        : Of(AppContext.BaseDirectory, Environment.CurrentDirectory, Environment.GetEnvironmentVariable("HOME") ?? "");

    /// <param name="folder">That the program is in, from the root; so are the others.</param>
    /// <param name="current">Where the shell is.</param>
    /// <param name="home">Of its user; empty = none.</param>
    public static ProgramPlace Of(string folder, string current, string home)
    {
        folder = Path.TrimEndingDirectorySeparator(folder);
        return new ProgramPlace(Below("$PWD", current, folder) ?? Below("$HOME", home, folder) ?? Quoted(folder));
    }

    /// <summary>Lines that let a shell find <c>clusterlb</c>: one where it fits, else one for each part of the path.</summary>
    public IEnumerable<string> OnPath(int width)
    {
        if (Folder.Length == 0) yield break;
        var rest = Folder;
        while (Line(rest).Length > width)
        {
            var end = rest.LastIndexOf('/', Math.Clamp(width - "D=\"\"".Length, 0, rest.Length - 1));
            if (end <= "$D".Length) break;
            yield return $"D=\"{rest[..end]}\"";
            rest = "$D" + rest[end..];
        }

        yield return Line(rest);
    }

    private static string Line(string folder) => $"PATH=\"{folder}:$PATH\"";

    private static bool IsThis(string folder)
    {
        var there = new FileInfo(Path.Combine(folder, Name));
        return there.Exists && (there.ResolveLinkTarget(returnFinalTarget: true) ?? there).FullName
            == Path.Combine(AppContext.BaseDirectory, Name);
    }

    private static string? Below(string variable, string parent, string folder)
    {
        parent = Path.TrimEndingDirectorySeparator(parent);
        if (parent.Length < 2) return null;
        return folder == parent ? variable
            : folder.StartsWith(parent + "/", StringComparison.Ordinal) ? variable + Quoted(folder[parent.Length..]) : null;
    }

    /// <summary>Within double quotes (POSIX shell, 2.2.3).</summary>
    private static string Quoted(string path) => string.Concat(path.Select(c => c is '"' or '\\' or '$' or '`' ? $"\\{c}" : $"{c}"));
}
