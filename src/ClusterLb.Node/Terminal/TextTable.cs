using System.Globalization;
using ClusterLb.Core.Printing;
using Spectre.Console;

namespace ClusterLb.Node.Terminal;

/// <summary>
/// A table as commands print it, one row a line: on a terminal in colours, and cut to its width; else plain columns, whatever their width.
/// </summary>
internal sealed class TextTable
{
    /// <summary>So wide that nothing is ever wrapped.</summary>
    private const int Unlimited = 10_000;

    private readonly string[] _columns;
    private readonly List<Cell[]> _rows = [];

    /// <param name="columns">Headers. The last column is cut first where a terminal is narrow.</param>
    public TextTable(params string[] columns) => _columns = columns;

    public void Add(params Cell[] cells) => _rows.Add(cells);

    public void Print(TextWriter output)
    {
        if (output is PrintableWriter { IsTerminal: true } terminal)
        {
            AnsiConsole.Profile.Width = terminal.IsWide ? Unlimited : Math.Max(1, Console.WindowWidth);
            AnsiConsole.Write(Layout(AnsiConsole.Profile.Width));
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
        console.Profile.Width = Unlimited;
        console.Write(Layout(Unlimited));
        foreach (var line in plain.ToString().TrimEnd().Split('\n')) output.WriteLine(line.TrimEnd());
    }

    private Table Layout(int width)
    {
        int[] wanted = [.. _columns.Select((column, i) => _rows.Select(row => row[i].Text).Append(column).Max(CellText.Width))];
        var widths = ColumnWidths.Fit(wanted, width);
        var table = new Table().Border(TableBorder.None);
        foreach (var (i, column) in _columns.Index())
        {
            var header = new TableColumn(new Text(CellText.Cut(column, widths[i]))) { NoWrap = true };
            table.AddColumn(header.PadLeft(0).PadRight(i < _columns.Length - 1 ? ColumnWidths.Gap : 0));
        }

        foreach (var row in _rows) table.AddRow(row.Select((cell, i) => new Text(CellText.Cut(cell.Text, widths[i]), cell.Style)));
        return table;
    }
}

/// <param name="Text">Plain; nothing in it is markup, and what a terminal would obey is printed as an escape.</param>
/// <param name="Style">Null = none.</param>
internal readonly record struct Cell(string Text, Style? Style = null)
{
    public string Text { get; } = Printable.Of(Text);

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
