using System.Globalization;
using ClusterLb.Core.Printing;
using Spectre.Console;

namespace ClusterLb.Node.Terminal;

/// <summary>
/// A table as commands print it: colours and the terminal's width on a terminal; else plain columns, one row a line, whatever its width.
/// </summary>
internal sealed class TextTable
{
    /// <summary>So wide that nothing is ever wrapped.</summary>
    private const int Unlimited = 10_000;

    private readonly Table _table = new Table().Border(TableBorder.None);

    /// <param name="columns">Headers. On a narrow terminal the last column is wrapped.</param>
    public TextTable(params string[] columns)
    {
        foreach (var (i, column) in columns.Index())
        {
            var header = new TableColumn(new Text(column)) { NoWrap = i < columns.Length - 1 };
            _table.AddColumn(header.PadLeft(0).PadRight(2));
        }
    }

    public void Add(params Cell[] cells) => _table.AddRow(cells.Select(cell => new Text(cell.Text, cell.Style)));

    public void Print(TextWriter output)
    {
        if (output is PrintableWriter { IsTerminal: true })
        {
            AnsiConsole.Write(_table);
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
        console.Write(_table);
        foreach (var line in plain.ToString().TrimEnd().Split('\n')) output.WriteLine(line.TrimEnd());
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
