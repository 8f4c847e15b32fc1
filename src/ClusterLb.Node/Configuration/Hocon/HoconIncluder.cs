namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>What <c>include</c> means in one file: names are relative to it, and no file includes itself.</summary>
internal sealed class HoconIncluder : IHoconIncluder
{
    /// <summary>A file may go by many names; whoever gets round the comparison of names ends here.</summary>
    private const int MaxNesting = 32;

    /// <summary>Tried for a name that has none; the last one wins.</summary>
    private static readonly string[] s_extensions = [".json", ".conf"];

    private readonly HoconFiles _files;
    private readonly string? _path;
    private readonly HoconIncluder? _outer;
    private readonly HoconPlace? _at;

    /// <summary>Of a file that nothing includes; without a path, of a text that is no file.</summary>
    public HoconIncluder(HoconFiles files, string? path = null) => (_files, _path) = (files, path);

    private HoconIncluder(HoconIncluder outer, string path, HoconPlace at) =>
        (_files, _path, _outer, _at) = (outer._files, path, outer, at);

    public void Include(HoconInclude include, HoconObject into, HoconContext at)
    {
        if (_path is null)
        {
            _files.Tell(include.Place, "only a file can include files; it must stand in one that --config names");
            return;
        }

        var wanted = Path.Combine(Path.GetDirectoryName(_path) ?? "", include.Name);
        var found = Find(wanted);
        if (found.Count == 0 && include.IsRequired)
            _files.Tell(include.Place, $"\"{include.Name}\" is required, but there is no file {wanted}");
        foreach (var file in found.Where(file => CanInclude(file, include.Place)))
        {
            var included = at with { Includer = new HoconIncluder(this, file, include.Place), Scopes = [at.Spot, .. at.Scopes] };
            _files.Load(file, into, included, include.Place);
        }
    }

    /// <summary>The file of that name; for a name without extension that is none, those with one.</summary>
    private static IReadOnlyList<string> Find(string wanted)
    {
        if (File.Exists(wanted) || Directory.Exists(wanted)) return [wanted];
        return Path.HasExtension(wanted) ? [] : [.. s_extensions.Select(extension => wanted + extension).Where(File.Exists)];
    }

    private bool CanInclude(string file, HoconPlace at)
    {
        var outwards = new List<HoconIncluder>();
        for (var includer = this; includer is not null; includer = includer._outer) outwards.Add(includer);
        var again = outwards.FindIndex(includer => Path.GetFullPath(includer._path!) == Path.GetFullPath(file));
        if (again < 0 && outwards.Count < MaxNesting) return true;
        var way = outwards.Take(again).Reverse().Select(includer => includer._at.ToString()).Append(at.ToString());
        _files.Tell(at, again < 0
            ? $"files are included more than {MaxNesting} deep"
            : $"\"{file}\" includes itself, by way of {string.Join(", ", way)}");
        return false;
    }
}
