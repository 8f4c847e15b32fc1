using System.Text;
using ClusterLb.Core.Printing;

namespace ClusterLb.Node.Terminal;

/// <summary>
/// Standard output for what nodes say: names and reasons in it were written by others, and a terminal obeys what it is shown.
/// </summary>
internal sealed class PrintableWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Somebody looks at it: a table may have colours and must fit.</summary>
    public bool IsTerminal => ReferenceEquals(inner, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>Lines may be longer than the terminal is wide: nothing is cut.</summary>
    public bool IsWide { get; init; }

    /// <summary>A terminal is cleared, for what follows is shown in the place of what was; elsewhere an empty line parts them.</summary>
    public void StartOver() => inner.Write(IsTerminal ? "\u001b[H\u001b[2J\u001b[3J" : Environment.NewLine);

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value) => inner.Write(Printable.Lines(value ?? ""));

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(Printable.Lines(value ?? ""));

    public override void Flush() => inner.Flush();
}
