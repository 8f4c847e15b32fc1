using System.Text;

namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>Gathers what stands side by side on a line, the spaces between it included, and makes one value of it.</summary>
internal sealed class HoconParts(HoconPlace place)
{
    private const string Text = "a text";

    private readonly List<HoconValue> _parts = [];
    private readonly StringBuilder _text = new();
    private HoconPlace? _textPlace;
    private string? _kind;
    private int _count;
    private bool _isNull;

    public bool IsEmpty => _count == 0;

    /// <exception cref="HoconException">A block or a list stands beside it.</exception>
    public void AddText(HoconToken token)
    {
        Agree(Text, token.Place);
        _isNull = IsEmpty && token is { Kind: HoconTokenKind.Text, Text: "null" };
        _text.Append(IsEmpty ? "" : token.Space).Append(token.Text);
        _textPlace ??= token.Place;
        _count++;
    }

    /// <exception cref="HoconException">Something of another kind stands beside it.</exception>
    public void Add(HoconValue part, string space)
    {
        if (part is HoconObject) Agree("a block", part.Place);
        if (part is HoconList) Agree("a list", part.Place);
        if (!IsEmpty) AddSpace(space, part.Place);
        EndText();
        _parts.Add(part);
        _isNull = false;
        _count++;
    }

    /// <summary>A part that stands alone stays what it is.</summary>
    public HoconValue ToValue()
    {
        if (_isNull) return new HoconNull(place);
        EndText();
        return _parts.Count == 1 ? _parts[0] : new HoconConcatenation(place, _parts);
    }

    private void AddSpace(string space, HoconPlace at)
    {
        if (_textPlace is not null) _text.Append(space);
        else if (space.Length > 0) _parts.Add(new HoconText(at, space, isSpace: true));
    }

    private void EndText()
    {
        if (_textPlace is not { } start) return;
        _parts.Add(new HoconText(start, _text.ToString()));
        _text.Clear();
        _textPlace = null;
    }

    /// <summary>What substitutions come to is seen later; a text beside a block is most often the next key, and told here.</summary>
    private void Agree(string kind, HoconPlace at)
    {
        _kind ??= kind;
        if ((_kind == Text) != (kind == Text))
            throw new HoconException(at, $"{_kind} and {kind} cannot be joined into one value; is a comma or a new line missing?");
    }
}
