namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Goes through a text and knows where it is.</summary>
/// <param name="source">Of the text, for messages.</param>
/// <param name="text">The whole.</param>
/// <param name="hasLines">Off for a text of one line that is no file: there a line says nothing.</param>
internal sealed class HoconCursor(string source, string text, bool hasLines)
{
    private int _line = 1;
    private int _lineStart;

    public int Position { get; private set; }

    public bool AtEnd => Position >= text.Length;

    public HoconPlace Place => hasLines ? new HoconPlace(source, _line, Position - _lineStart + 1) : new HoconPlace(source);

    /// <summary>NUL behind the end.</summary>
    public char Peek(int ahead = 0) => Position + ahead < text.Length ? text[Position + ahead] : '\0';

    public bool IsAt(string start) => text.AsSpan(Math.Min(Position, text.Length)).StartsWith(start, StringComparison.Ordinal);

    public void Move(int count = 1)
    {
        for (var end = Math.Min(Position + count, text.Length); Position < end;)
        {
            if (text[Position++] != '\n') continue;
            _line++;
            _lineStart = Position;
        }
    }

    /// <summary>What was gone through since.</summary>
    public string Since(int start) => text[start..Position];
}
