using System.Text.RegularExpressions;

namespace ClusterLb.Node.Tests.Demo;

/// <summary>As much of a terminal as the demo uses: two screens, a cursor, text that would run over the edge.</summary>
internal sealed partial class ScreenModel
{
    private readonly List<char[]> _other = [];
    private List<char[]> _rows = [];
    private int _row;
    private int _column;
    private string _rest = "";

    /// <summary>The alternate screen is shown.</summary>
    public bool IsAlternate { get; private set; }

    public bool HasCursor { get; private set; } = true;

    /// <summary>The longest line that was ever written on the alternate screen.</summary>
    public int Widest { get; private set; }

    /// <summary>Of the highest frame.</summary>
    public int Highest { get; private set; }

    public IReadOnlyList<string> Lines => [.. _rows.Select(row => new string(row).TrimEnd('\0', ' '))];

    public void Write(string text)
    {
        text = _rest + text;
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == '\u001b')
            {
                var sequence = SequencePattern().Match(text, at);
                // The rest of it comes later.
                if (!sequence.Success || sequence.Index != at) break;
                Obey(sequence.Value);
                at += sequence.Length;
                continue;
            }

            Put(text[at++]);
        }

        _rest = text[at..];
    }

    private void Put(char c)
    {
        switch (c)
        {
            case '\r':
                _column = 0;
                return;
            case '\n':
                _row++;
                break;
            case >= ' ':
                while (_rows.Count <= _row) _rows.Add([]);
                var row = _rows[_row];
                if (row.Length <= _column) Array.Resize(ref row, _column + 1);
                row[_column++] = c;
                _rows[_row] = row;
                break;
        }

        if (!IsAlternate) return;
        Widest = Math.Max(Widest, _column);
        Highest = Math.Max(Highest, _row + 1);
    }

    private void Obey(string sequence)
    {
        switch (sequence[1..])
        {
            case "[H":
                (_row, _column) = (0, 0);
                break;
            case "[K" when _row < _rows.Count:
                if (_rows[_row].Length > _column) _rows[_row] = _rows[_row][.._column];
                break;
            case "[J" when _row + 1 < _rows.Count:
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                break;
            case "[?25l" or "[?25h":
                HasCursor = sequence[^1] == 'h';
                break;
            case "[?1049h" or "[?1049l" or "[?1047l" when (sequence[^1] == 'h') != IsAlternate:
                IsAlternate = !IsAlternate;
                if (IsAlternate) _other.Clear();
                if (IsAlternate) _other.AddRange(_rows);
                _rows = IsAlternate ? [] : [.. _other];
                (_row, _column) = (_rows.Count, 0);
                break;
        }
    }

    [GeneratedRegex(@"\u001b(\[[?0-9;]*[A-Za-z]|[=>78])")]
    private static partial Regex SequencePattern();
}
