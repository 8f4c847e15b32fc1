namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Texts, files and single values, laid over each other in the order in which they are added, and what they come to.</summary>
internal sealed class HoconDocument
{
    private readonly List<HoconProblem> _problems = [];
    private readonly HoconFiles _files;

    public HoconDocument() => _files = new HoconFiles(_problems);

    /// <summary>Everything that was added.</summary>
    public HoconObject Root { get; } = new(new HoconPlace("configuration"));

    public IReadOnlyList<HoconProblem> Problems => _problems;

    /// <summary>One text alone.</summary>
    /// <exception cref="HoconException">The first thing wrong in it.</exception>
    public static ObjectNode Parse(string source, string text)
    {
        var document = new HoconDocument();
        document.AddText(source, text);
        var tree = document.Problems.Count == 0 ? document.Resolve(new Dictionary<string, string>()).Tree : null;
        return document.Problems is [var problem, ..] ? throw new HoconException(problem.Place, problem.Message) : tree!;
    }

    /// <summary>What one source set twice.</summary>
    public IReadOnlyList<HoconRepeat> Repeats => _files.Keys.Repeats;

    /// <summary>A source that is no text sets a key.</summary>
    /// <param name="source">See <see cref="HoconKeys.Note"/>.</param>
    public void Note(string source, IReadOnlyList<string> path, HoconValue value) =>
        _files.Keys.Note(source, new HoconSpot(null, path), value.Place, value);

    public void Tell(HoconPlace place, string message) => _files.Tell(place, message);

    public void AddText(string source, string text) => _files.AddText(source, text, Root);

    public void AddFile(string path) => _files.AddFile(path, Root);

    /// <summary>A text that is one value.</summary>
    /// <param name="source">For messages.</param>
    /// <param name="depth">Of the key that it is for.</param>
    /// <returns>Null when it is none, which is told.</returns>
    public HoconValue? ReadValue(string source, string text, int depth)
    {
        try
        {
            var tokens = new HoconTokens(source, text, hasLines: text.Contains('\n', StringComparison.Ordinal));
            return new HoconParser(tokens, HoconContext.Of(new HoconIncluder(_files)) with { Depth = depth }).ParseValue();
        }
        catch (HoconException failure)
        {
            _problems.Add(failure.Problem);
            return null;
        }
    }

    /// <summary>Looks everything up; the last step.</summary>
    /// <param name="environment">For what the configuration does not have.</param>
    /// <returns>The whole, and the outermost keys that a substitution got something from.</returns>
    public (ObjectNode Tree, IReadOnlySet<string> Taken) Resolve(IReadOnlyDictionary<string, string> environment)
    {
        var budget = new HoconBudget();
        var evaluator = new HoconEvaluator(Root, environment, budget, _problems);
        try
        {
            return (new HoconExpander(evaluator, budget).Expand(Root), evaluator.Taken);
        }
        catch (HoconException failure)
        {
            _problems.Add(failure.Problem);
            return (new ObjectNode(Root.Place.Source, 0, new Dictionary<string, ConfigurationNode>()), evaluator.Taken);
        }
    }
}
