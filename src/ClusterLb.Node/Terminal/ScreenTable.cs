using Spectre.Console;

namespace ClusterLb.Node.Terminal;

/// <summary>
/// A table on a full screen. Where it is too wide, columns give way as wholes, the one of least worth first; only a text in the last one
/// is shortened, by words.
/// </summary>
internal sealed class ScreenTable(params IReadOnlyList<ScreenColumn> columns)
{
    /// <summary>A text with less room says nothing any more.</summary>
    private const int LeastText = 12;

    private static readonly Style s_header = new(decoration: Decoration.Bold);

    private readonly List<Cell[]> _rows = [];

    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <returns>The header and a line for each row.</returns>
    public IEnumerable<ScreenLine> Lines(int width)
    {
        var shown = Fit(width);
        yield return Line(shown, i => new Cell(columns[i].Header, s_header), width);
        foreach (var row in _rows) yield return Line(shown, i => row[i], width);
    }

    /// <summary>Which columns there is room for, and how much each gets.</summary>
    private List<(int Index, int Width)> Fit(int available)
    {
        List<(int Index, int Width)> shown = [.. columns.Select((column, i) => (i,
            _rows.Select(row => row[i].Text.Length).Append(column.Header.Length).Append(column.Least).Max()))];
        while (true)
        {
            var over = shown.Sum(one => one.Width) + (ColumnWidths.Gap * (shown.Count - 1)) - available;
            if (over <= 0 || shown.Count == 1) return shown;
            var last = shown[^1];
            if (columns[last.Index].IsText && last.Width - over >= LeastText)
            {
                shown[^1] = (last.Index, last.Width - over);
                return shown;
            }

            shown.Remove(shown.MinBy(one => columns[one.Index].Worth));
        }
    }

    private static ScreenLine Line(List<(int Index, int Width)> shown, Func<int, Cell> cellOf, int width)
    {
        List<Cell> pieces = [];
        foreach (var (i, one) in shown.Index())
        {
            var cell = cellOf(one.Index);
            var text = Words.Cut(cell.Text, Math.Min(one.Width, width));
            var isLast = i == shown.Count - 1;
            pieces.Add(new Cell(isLast ? text : text.PadRight(one.Width + ColumnWidths.Gap), cell.Style));
        }

        return new ScreenLine(pieces);
    }
}

/// <param name="Header">One word, or few.</param>
/// <param name="Worth">The column with the least gives way first.</param>
/// <param name="Least">Characters it has even if nothing in it is that long, so that a table does not move with what it says.</param>
/// <param name="IsText">It may be shortened; the last column only.</param>
internal sealed record ScreenColumn(string Header, int Worth, int Least = 0, bool IsText = false);
