namespace ClusterLb.DataPlane.Messages;

/// <summary>One header line by offsets; 16 bits hold each.</summary>
internal readonly struct HeaderEntry(Slice name, Slice value, KnownHeader known, bool canonical)
{
    /// <summary>No head may be longer, in bytes.</summary>
    public const int MostOffset = ushort.MaxValue;

    private readonly ushort _nameStart = (ushort)name.Start;
    private readonly ushort _nameLength = (ushort)name.Length;
    private readonly ushort _valueStart = (ushort)value.Start;
    private readonly ushort _valueLength = (ushort)value.Length;

    public KnownHeader Known { get; } = known;

    /// <summary>The line reads exactly <c>name: value CRLF</c>, so that it may be copied in one piece.</summary>
    public bool IsCanonical { get; } = canonical;

    public Slice Name => new(_nameStart, _nameLength);

    /// <summary>Without whitespace at its ends; may be empty.</summary>
    public Slice Value => new(_valueStart, _valueLength);

    /// <summary>Name to CRLF; its end holds only for a canonical line.</summary>
    public Slice Line => Slice.Between(_nameStart, _valueStart + _valueLength + 2);

    public HeaderEntry As(KnownHeader known) => new(Name, Value, known, IsCanonical);
}
