namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Reads texts, files, and the files that these include; what is wrong in one does not hide what is wrong in another.</summary>
/// <param name="problems">Gets what is wrong.</param>
internal sealed class HoconFiles(ICollection<HoconProblem> problems)
{
    private const int MaxFiles = 1_000;
    private const int MaxLength = 16 * 1024 * 1024;

    private int _files;
    private int _length;

    /// <summary>Of all of them.</summary>
    public HoconKeys Keys { get; } = new();

    /// <summary>A text that is no file, and can include none.</summary>
    public void AddText(string source, string text, HoconObject into) =>
        Parse(source, text, into, HoconContext.Of(new HoconIncluder(this)) with { Keys = Keys });

    public void AddFile(string path, HoconObject into) =>
        Load(path, into, HoconContext.Of(new HoconIncluder(this, path)) with { Keys = Keys }, includedAt: null);

    /// <param name="path">Of the file.</param>
    /// <param name="into">Gets its keys.</param>
    /// <param name="context">What it is part of.</param>
    /// <param name="includedAt">Null when nothing includes it.</param>
    public void Load(string path, HoconObject into, HoconContext context, HoconPlace? includedAt)
    {
        if (++_files > MaxFiles)
        {
            // Once: whoever includes so many includes many more.
            if (_files == MaxFiles + 1) Tell(includedAt ?? new HoconPlace(path), $"is one file too many; {MaxFiles} at most can be read");
            return;
        }

        try
        {
            var text = HoconFile.Read(path, MaxLength - _length);
            _length += text.Length;
            Parse(path, text, into, context);
        }
        catch (HoconException failure)
        {
            Tell(failure.Place, includedAt is null ? failure.Message : $"{failure.Message}; it is included at {includedAt}");
        }
    }

    public void Tell(HoconPlace place, string message) => problems.Add(new HoconProblem(place, message));

    private void Parse(string source, string text, HoconObject into, HoconContext context)
    {
        try
        {
            new HoconParser(new HoconTokens(source, text), context).ParseFile(into);
        }
        catch (HoconException failure)
        {
            problems.Add(failure.Problem);
        }
    }
}
