using System.Text;
using ClusterLb.Core.Printing;

namespace ClusterLb.Node.Terminal;

/// <summary>
/// Standard output for what nodes say: names and reasons in it were written by others, and a terminal obeys what it is shown.
/// </summary>
/// <param name="inner">Where it goes.</param>
/// <param name="width">Cells of a line; null = those of the terminal, where it is one.</param>
internal sealed class PrintableWriter(TextWriter inner, int? width = null) : TextWriter
{
    private int _written;

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Somebody looks at it: a table may have colours and must fit.</summary>
    public bool IsTerminal => (ReferenceEquals(inner, Console.Out) && !Console.IsOutputRedirected)
        || (ReferenceEquals(inner, Console.Error) && !Console.IsErrorRedirected);

    /// <summary>Cells of a line; null = lines may have any length.</summary>
    public int? LineWidth => IsWide ? null : width ?? (IsTerminal ? Math.Max(1, Console.WindowWidth) : null);

    /// <summary>Lines may be longer than the terminal is wide: nothing is cut.</summary>
    public bool IsWide { get; init; }

    /// <summary>Lines of a screen that is drawn again and again, so that what scrolls off it is never seen; null = it may scroll.</summary>
    public int? Height { get; init; }

    /// <summary>Lines that are left on such a screen.</summary>
    public int? LinesLeft => Height - _written;

    /// <summary>Lines that went to the terminal by another way.</summary>
    public void CountLines(int lines) => _written += lines;

    /// <summary>A terminal is cleared, for what follows is shown in the place of what was; elsewhere an empty line parts them.</summary>
    public void StartOver()
    {
        _written = 0;
        inner.Write(IsTerminal ? "\u001b[H\u001b[2J\u001b[3J" : Environment.NewLine);
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value) => inner.Write(Printable.Lines(value ?? ""));

    public override void WriteLine()
    {
        _written++;
        inner.WriteLine();
    }

    public override void WriteLine(string? value)
    {
        _written++;
        inner.WriteLine(Printable.Lines(value ?? ""));
    }

    public override void Flush() => inner.Flush();
}
