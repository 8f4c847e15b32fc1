namespace ClusterLb.Node.Configuration.Hocon;

internal enum HoconTokenKind
{
    /// <summary>Unquoted; between spaces.</summary>
    Text,
    Quoted,

    /// <summary><c>${</c> or <c>${?</c>; a path and a brace follow.</summary>
    Substitution,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    EqualsSign,
    PlusEquals,

    /// <summary>A character that HOCON keeps for itself.</summary>
    Reserved,
    NewLine,
    End,
}

/// <summary>A piece of a text.</summary>
/// <param name="Text">What it holds; of a quoted one, what its quotes hold.</param>
/// <param name="Space">Before it, on its line.</param>
internal readonly record struct HoconToken(HoconTokenKind Kind, string Text, string Space, HoconPlace Place)
{
    /// <summary>For messages. No more of a text than its first character: it may be a secret.</summary>
    public string Describe() => this switch
    {
        { Kind: HoconTokenKind.NewLine } => "end of line",
        { Kind: HoconTokenKind.End } => "end",
        { Kind: HoconTokenKind.Quoted } => "'\"'",
        { Kind: HoconTokenKind.Substitution or HoconTokenKind.PlusEquals } => $"'{Text}'",
        _ => char.IsControl(Text[0]) ? "control character" : $"'{Text[0]}'",
    };
}
