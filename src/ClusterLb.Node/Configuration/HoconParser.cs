using System.Globalization;
using System.Text;

namespace ClusterLb.Node.Configuration;

/// <summary>
/// Reads HOCON (lightbend/config, HOCON.md): objects, lists, dotted and quoted keys, <c>=</c> <c>:</c> or nothing before a block, commas or
/// newlines, comments, quoted, triple-quoted and unquoted texts. Substitutions and includes are refused by name. Strict where a library's
/// parser guesses, and every value knows its line (docs/decisions/0002).
/// </summary>
internal sealed class HoconParser
{
    private const string ForbiddenUnquoted = "$\"{}[]:=,+#`^?!@*&\\";

    /// <summary>Far deeper than any configuration, far shallower than the stack.</summary>
    private const int MaxDepth = 64;

    private readonly string _source;
    private readonly string _text;
    private int _position;
    private int _line = 1;
    private int _depth;

    private HoconParser(string source, string text) => (_source, _text) = (source, text);

    /// <exception cref="HoconException">With line and what was expected.</exception>
    public static ObjectNode Parse(string source, string text)
    {
        var parser = new HoconParser(source, text);
        parser.SkipBlank();
        var isBraced = parser.Peek() == '{';
        if (isBraced) parser._position++;
        var root = parser.ParseMembers(isBraced ? '}' : '\0', openedAt: 1);
        parser.SkipBlank();
        return parser.AtEnd ? root : throw parser.Unexpected("the end of the file");
    }

    private bool AtEnd => _position >= _text.Length;

    private char Peek(int ahead = 0) => _position + ahead < _text.Length ? _text[_position + ahead] : '\0';

    private ObjectNode ParseMembers(char closing, int openedAt)
    {
        var members = new Dictionary<string, ConfigurationNode>(StringComparer.Ordinal);
        var line = _line;
        while (true)
        {
            SkipSeparators();
            if (AtEnd && closing != '\0')
                throw new HoconException(_line, $"the block that begins at line {openedAt} is not closed; '}}' is missing");
            if (AtEnd) break;
            if (Peek() == closing)
            {
                _position++;
                break;
            }

            ParseMember(members);
        }

        return new ObjectNode(_source, line, members);
    }

    private void ParseMember(Dictionary<string, ConfigurationNode> members)
    {
        var line = _line;
        var path = ParseKey();
        SkipSpaces();
        var hasSign = Peek() is '=' or ':';
        if (path is ["include"] && !hasSign && Peek() != '{')
            throw new HoconException(line, "include is not supported; give several --config files instead");
        if (hasSign) _position++;
        else if (Peek() != '{') throw Unexpected($"'=', ':' or '{{' after the key {string.Join('.', path)}");
        if (hasSign) SkipBlank();
        ConfigurationNode value = ParseValue();
        for (var i = path.Count - 1; i > 0; i--)
            value = new ObjectNode(_source, line, new Dictionary<string, ConfigurationNode> { [path[i]] = value });
        members[path[0]] = members.TryGetValue(path[0], out var old) ? ConfigurationNode.Overlay(old, value) : value;
    }

    private List<string> ParseKey()
    {
        var path = new List<string>();
        while (true)
        {
            if (Peek() == '"')
            {
                path.Add(ParseQuoted());
            }
            else
            {
                var start = _position;
                while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '-' or '_' or '/') _position++;
                if (_position == start) throw Unexpected("a key");
                path.Add(_text[start.._position]);
            }

            if (path.Count > MaxDepth) throw TooDeep();
            if (Peek() != '.') return path;
            _position++;
        }
    }

    private ConfigurationNode ParseValue()
    {
        if (++_depth > MaxDepth) throw TooDeep();
        var line = _line;
        ConfigurationNode value = Peek() switch
        {
            '{' => ParseBlock(line),
            '[' => ParseList(line),
            '"' => new TextNode(_source, line, ParseQuotedValue()),
            _ => new TextNode(_source, line, ParseUnquoted()),
        };
        _depth--;
        return value;
    }

    private ObjectNode ParseBlock(int line)
    {
        _position++;
        return ParseMembers('}', line);
    }

    private string ParseQuotedValue()
    {
        var text = ParseQuoted();
        SkipSpaces();
        return AtValueEnd() ? text : throw Unexpected("a comma or the end of the line after a quoted text");
    }

    private ListNode ParseList(int line)
    {
        _position++;
        var items = new List<ConfigurationNode>();
        while (true)
        {
            SkipSeparators();
            if (AtEnd) throw new HoconException(_line, $"the list that begins at line {line} is not closed; ']' is missing");
            if (Peek() == ']')
            {
                _position++;
                return new ListNode(_source, line, items);
            }

            items.Add(ParseValue());
        }
    }

    private string ParseUnquoted()
    {
        var start = _position;
        while (!AtValueEnd())
        {
            if (Peek() == '$' && Peek(1) == '{')
            {
                throw new HoconException(_line,
                    "substitutions ${...} are not supported; write the value, or set it by environment or --set");
            }

            if (ForbiddenUnquoted.Contains(Peek(), StringComparison.Ordinal) && Peek() is not (':' or '*' or '+'))
                throw Unexpected("a value; a text with that character needs quotes");
            _position++;
        }

        var text = _text[start.._position].TrimEnd();
        return text.Length > 0 ? text : throw Unexpected("a value");
    }

    private bool AtValueEnd() => AtEnd || Peek() is '\n' or '\r' or ',' or '}' or ']' or '#' || (Peek() == '/' && Peek(1) == '/');

    private string ParseQuoted()
    {
        if (_text.AsSpan(_position).StartsWith("\"\"\"")) return ParseTripleQuoted();
        var line = _line;
        var text = new StringBuilder();
        for (_position++; ; _position++)
        {
            if (AtEnd || Peek() == '\n') throw new HoconException(line, "a quoted text is not closed; '\"' is missing");
            if (Peek() == '"') break;
            text.Append(Peek() == '\\' ? ParseEscape() : Peek());
        }

        _position++;
        return text.ToString();
    }

    private char ParseEscape()
    {
        _position++;
        switch (Peek())
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case '"' or '\\' or '/': return Peek();
            case 'u' when ushort.TryParse(
                _text.AsSpan(_position + 1, Math.Min(4, _text.Length - _position - 1)), NumberStyles.HexNumber,
                    CultureInfo.InvariantCulture, out var code):
                _position += 4;
                return (char)code;
            default: throw Unexpected("an escape: \\n \\t \\r \\\" \\\\ \\/ or \\u and 4 hexadecimal digits");
        }
    }

    private string ParseTripleQuoted()
    {
        var end = _text.IndexOf("\"\"\"", _position + 3, StringComparison.Ordinal);
        if (end < 0) throw new HoconException(_line, "a triple-quoted text is not closed");
        var text = _text[(_position + 3)..end];
        _line += text.Count(c => c == '\n');
        _position = end + 3;
        return text;
    }

    private void SkipSpaces()
    {
        while (Peek() is ' ' or '\t') _position++;
    }

    /// <summary>White space, newlines and comments.</summary>
    private void SkipBlank()
    {
        while (!AtEnd)
        {
            if (Peek() == '#' || (Peek() == '/' && Peek(1) == '/'))
            {
                while (!AtEnd && Peek() != '\n') _position++;
            }
            else if (char.IsWhiteSpace(Peek()) || Peek() == '\uFEFF')
            {
                if (Peek() == '\n') _line++;
                _position++;
            }
            else
            {
                return;
            }
        }
    }

    private void SkipSeparators()
    {
        SkipBlank();
        while (Peek() == ',')
        {
            _position++;
            SkipBlank();
        }
    }

    private HoconException TooDeep() =>
        new(_line, string.Create(CultureInfo.InvariantCulture, $"blocks, lists or keys are nested more than {MaxDepth} deep"));

    private HoconException Unexpected(string expected) =>
        new(_line, AtEnd ? $"the file ends where {expected} should be" : $"unexpected {DescribeNext()}; expected {expected}");

    private string DescribeNext() => Peek() is '\n' or '\r' ? "end of line" : char.IsControl(Peek()) ? "control character" : $"'{Peek()}'";
}

/// <summary>The text is not HOCON. The message says where and what was expected.</summary>
internal sealed class HoconException(int line, string message) : Exception(message)
{
    public int Line { get; } = line;
}
