using System.Runtime.InteropServices;
using System.Text;
using Spectre.Console;

namespace ClusterLb.Node.Terminal;

/// <summary>
/// The whole terminal, for as long as this lives: what stood there comes back with its end. The sequences are xterm's, which every
/// terminal of today knows.
/// </summary>
internal sealed partial class FullScreen : IDisposable
{
    /// <summary>Shows the cursor, and turns back to the screen from before.</summary>
    private const string Leave = "\u001b[?25h\u001b[?1049l";

    /// <summary>The alternate screen, without a cursor.</summary>
    private const string Enter = "\u001b[?1049h\u001b[?25l";

    private const string Home = "\u001b[H";
    private const string EndOfLine = "\u001b[K";
    private const string EndOfScreen = "\u001b[J";

    private const int SIGSTOP = 19;

    private const int UsualWidth = 80;
    private const int UsualHeight = 24;

    /// <summary>Wider than any terminal: lines fit already.</summary>
    private const int Unlimited = 10_000;

    private readonly Lock _writing = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _isLeft;

    /// <param name="changed">Called when it must be drawn anew: it has another size, or was left with Ctrl+Z and comes back.</param>
    public FullScreen(Action changed)
    {
        AnsiConsole.Profile.Width = Unlimited;
        if (!OperatingSystem.IsWindows())
        {
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => changed()));
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, Stop));
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
            {
                Write(Enter);
                changed();
            }));
        }

        Write(Enter);
    }

    /// <summary>The same by others, who may be several: the cursor stays, for a shell may have written since.</summary>
    public static ReadOnlySpan<byte> LeaveForOthers => "\u001b[?25h\u001b[?1047l"u8;

    /// <summary>Somebody looks at standard output, on something that can be drawn on.</summary>
    public static bool IsThere =>
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    /// <summary>As it is now, in characters. A terminal that does not know its size has 80 x 24.</summary>
    public static (int Width, int Height) Size =>
        (Console.WindowWidth is > 0 and var width ? width : UsualWidth, Console.WindowHeight is > 0 and var height ? height : UsualHeight);

    /// <param name="lines">No more and no longer than there is room for.</param>
    public void Draw(IReadOnlyList<ScreenLine> lines)
    {
        var frame = new StringBuilder(Home);
        foreach (var (i, line) in lines.Index())
        {
            // The terminal breaks a line and scrolls at "\n" only, so there is none behind the last one.
            if (i > 0) frame.Append("\r\n");
            var text = new Paragraph();
            foreach (var piece in line.Pieces) text.Append(piece.Text, piece.Style);
            if (line.Text.Length > 0) frame.Append(AnsiConsole.Console.ToAnsi(text));
            frame.Append(EndOfLine);
        }

        frame.Append(EndOfScreen);
        Write(frame.ToString());
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        Write(Leave);
        lock (_writing) _isLeft = true;
    }

    /// <summary>Ctrl+Z: a shell shows its prompt from now on, until it lets the process go on.</summary>
    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Write(Leave);
        kill(Environment.ProcessId, SIGSTOP);
    }

    /// <summary>Nothing after the end: what a shell writes then is its own.</summary>
    private void Write(string text)
    {
        lock (_writing)
        {
            if (!_isLeft) Console.Out.Write(text);
        }
    }

    [LibraryImport("libc")]
    private static partial void kill(int pid, int signal);
}
