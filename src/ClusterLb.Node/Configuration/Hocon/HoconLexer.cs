using Kind = ClusterLb.Node.Configuration.Hocon.HoconTokenKind;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Cuts a text into tokens. Comments are gone after it, and what is in quotes is read.</summary>
internal sealed class HoconLexer(HoconCursor cursor)
{
    private bool IsAtComment => cursor.Peek() == '#' || (cursor.Peek() == '/' && cursor.Peek(1) == '/');

    /// <exception cref="HoconException">A quoted text is not what JSON says.</exception>
    public HoconToken Next()
    {
        var start = cursor.Position;
        while (!cursor.AtEnd && cursor.Peek() != '\n' && HoconCharacters.IsSpace(cursor.Peek())) cursor.Move();
        var space = cursor.Since(start);
        if (IsAtComment) SkipLine();
        var (kind, length) = Classify();
        var (place, begin) = (cursor.Place, cursor.Position);
        if (kind == Kind.Quoted) return new HoconToken(kind, HoconQuotes.Read(cursor), space, place);
        if (kind == Kind.Text) SkipText();
        else cursor.Move(length);
        return new HoconToken(kind, cursor.Since(begin), space, place);
    }

    private (Kind Kind, int Length) Classify() => cursor.Peek() switch
    {
        _ when cursor.AtEnd => (Kind.End, 0),
        '\n' => (Kind.NewLine, 1),
        '{' => (Kind.OpenBrace, 1),
        '}' => (Kind.CloseBrace, 1),
        '[' => (Kind.OpenBracket, 1),
        ']' => (Kind.CloseBracket, 1),
        ',' => (Kind.Comma, 1),
        ':' => (Kind.Colon, 1),
        '=' => (Kind.EqualsSign, 1),
        '"' => (Kind.Quoted, 1),
        '+' when cursor.Peek(1) == '=' => (Kind.PlusEquals, 2),
        '$' when cursor.Peek(1) == '{' => (Kind.Substitution, cursor.Peek(2) == '?' ? 3 : 2),
        var c when HoconCharacters.IsReserved(c) => (Kind.Reserved, 1),
        _ => (Kind.Text, 0),
    };

    private void SkipLine()
    {
        while (!cursor.AtEnd && cursor.Peek() != '\n') cursor.Move();
    }

    private void SkipText()
    {
        while (!cursor.AtEnd && !HoconCharacters.IsSpace(cursor.Peek()) && !HoconCharacters.IsReserved(cursor.Peek()) && !IsAtComment)
            cursor.Move();
    }
}
