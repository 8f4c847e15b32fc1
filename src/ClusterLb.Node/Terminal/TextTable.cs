using System.Globalization;
using ClusterLb.Core.Printing;
using Spectre.Console;

namespace ClusterLb.Node.Terminal;

/// <summary>
/// A table as commands print it, one row a line: on a terminal in colours, and with what fits in its width; else plain columns, whatever
/// their width.
/// </summary>
internal sealed class TextTable
{
    /// <summary>So wide that nothing is ever wrapped.</summary>
    private const int Unlimited = 10_000;

    private readonly TextColumn[] _columns;
    private readonly List<Cell[]> _rows = [];

    /// <param name="columns">The last one is cut first where a terminal is narrow.</param>
    public TextTable(params TextColumn[] columns) => _columns = columns;

    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <returns>The headers of the columns that had no room, and would have said something.</returns>
    public IReadOnlyList<string> Print(TextWriter output)
    {
        var width = output is PrintableWriter printable ? printable.LineWidth ?? Unlimited : Unlimited;
        var isNarrow = WidthOf(isShort: false).Sum() + (ColumnWidths.Gap * (_columns.Length - 1)) > width;
        int[] shown = isNarrow ? ColumnChoice.Of([.. WidthOf(isShort: true).Select((wanted, i) => (wanted, WorthOf(i)))], width)
            : [.. Enumerable.Range(0, _columns.Length)];
        Print(Layout(shown, width, isNarrow), output, width);
        return [.. _columns.Where((_, i) => !shown.Contains(i) && WorthOf(i) > 0).Select(column => column.Header)];
    }

    private static void Print(Table table, TextWriter output, int width)
    {
        if (output is PrintableWriter { IsTerminal: true } terminal)
        {
            AnsiConsole.Profile.Width = width;
            AnsiConsole.Write(table);
            terminal.CountLines(table.Rows.Count + 1);
            return;
        }

        using var plain = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(plain),
        });
        console.Profile.Width = width;
        console.Write(table);
        foreach (var line in plain.ToString().TrimEnd().Split('\n')) output.WriteLine(line.TrimEnd());
    }

    /// <summary>Where nothing stands but dashes, nothing is lost.</summary>
    private int WorthOf(int column) =>
        _columns[column].Worth != TextColumn.Stays && _rows.All(row => row[column].Text == "-") ? 0 : _columns[column].Worth;

    private int[] WidthOf(bool isShort) =>
        [.. _columns.Select((column, i) => _rows.Select(row => row[i].In(isShort)).Append(column.Header).Max(CellText.Width))];

    private Table Layout(int[] shown, int width, bool isShort)
    {
        var wanted = WidthOf(isShort);
        var widths = ColumnWidths.Fit([.. shown.Select(i => wanted[i])], width);
        var table = new Table().Border(TableBorder.None);
        foreach (var (place, i) in shown.Index())
        {
            var header = new TableColumn(new Text(CellText.Cut(_columns[i].Header, widths[place]))) { NoWrap = true };
            table.AddColumn(header.PadLeft(0).PadRight(place < shown.Length - 1 ? ColumnWidths.Gap : 0));
        }

        foreach (var row in _rows)
            table.AddRow(shown.Select((i, place) => new Text(row[i].Cut(widths[place], isShort), row[i].Style)));
        return table;
    }
}

/// <param name="Text">Plain; nothing in it is markup, and what a terminal would obey is printed as an escape.</param>
/// <param name="Style">Null = none.</param>
internal readonly record struct Cell(string Text, Style? Style = null)
{
    private readonly string? _short;
    private readonly bool _isName;

    public string Text { get; } = Printable.Of(Text);

    /// <param name="isShort">As a narrow terminal has it.</param>
    public string In(bool isShort) => isShort && _short is not null ? _short : Text;

    public string Cut(int width, bool isShort) =>
        _isName ? CellText.CutMiddle(In(isShort), width) : CellText.Cut(In(isShort), width);

    /// <summary>A name, of which the end is kept where it must be cut.</summary>
    /// <param name="name">Whole.</param>
    /// <param name="inShort">What will do on a narrow terminal; null = the whole.</param>
    public static Cell OfName(string name, string? inShort = null) => new(name, inShort, isName: true);

    /// <summary>A moment; on a narrow terminal the time of the day alone, to the second.</summary>
    public static Cell OfTime(DateTimeOffset time) => new(
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture), isName: false);

    private Cell(string text, string? inShort, bool isName)
        : this(text) => (_short, _isName) = (inShort is null ? null : Printable.Of(inShort), isName);

    public static implicit operator Cell(string text) => new(text);

    public static implicit operator Cell(long number) => new(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A state of a backend or a node in its colour.</summary>
    public static Cell OfState(string state) => new(state, new Style(state switch
    {
        "up" or "ready" => Color.Green,
        "unknown" or "trial" or "draining" or "starting" or "joining" or "leaving" => Color.Yellow,
        _ => Color.Red,
    }));

    /// <summary>A time that has passed, in its two largest units.</summary>
    public static Cell OfAge(double seconds)
    {
        var age = TimeSpan.FromSeconds(seconds);
        if (age.TotalDays >= 1) return string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays}d{age.Hours}h");
        if (age.TotalHours >= 1) return string.Create(CultureInfo.InvariantCulture, $"{age.Hours}h{age.Minutes}m");
        return age.TotalMinutes >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{age.Minutes}m{age.Seconds}s")
            : string.Create(CultureInfo.InvariantCulture, $"{age.Seconds}s");
    }
}
