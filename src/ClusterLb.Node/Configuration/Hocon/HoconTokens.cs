namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>The tokens of a text, one after the other, with a look at the next.</summary>
internal sealed class HoconTokens
{
    private readonly HoconLexer _lexer;

    /// <param name="source">For messages.</param>
    /// <param name="hasLines">Off for a text of one line that is no file.</param>
    public HoconTokens(string source, string text, bool hasLines = true)
    {
        _lexer = new HoconLexer(new HoconCursor(source, text, hasLines));
        Next = _lexer.Next();
    }

    /// <summary>What comes.</summary>
    public HoconToken Next { get; private set; }

    public bool IsNext(HoconTokenKind kind) => Next.Kind == kind;

    public HoconToken Take()
    {
        var taken = Next;
        Next = _lexer.Next();
        return taken;
    }

    public bool TryTake(HoconTokenKind kind)
    {
        if (Next.Kind != kind) return false;
        Take();
        return true;
    }

    /// <returns>Whether there was one.</returns>
    public bool SkipNewLines()
    {
        var isThere = Next.Kind == HoconTokenKind.NewLine;
        while (TryTake(HoconTokenKind.NewLine))
        {
        }

        return isThere;
    }

    public HoconException Unexpected(string expected) => new(
        Next.Place,
        Next.Kind == HoconTokenKind.End
            ? $"the text ends where {expected} should be"
            : $"unexpected {Next.Describe()}; expected {expected}");
}
