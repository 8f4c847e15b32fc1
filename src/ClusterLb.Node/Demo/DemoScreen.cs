using System.Globalization;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Terminal;
using Spectre.Console;

namespace ClusterLb.Node.Demo;

/// <summary>
/// How the demo is laid out on a screen of a given size. From 80 x 24 on all is there; on less the tables and the keys stay longest, and a
/// line says so. A pure function.
/// </summary>
internal static class DemoScreen
{
    private const int FullWidth = 80;
    private const int FullHeight = 24;

    /// <summary>Before commands and events.</summary>
    private const string Indent = "  ";

    /// <summary>Events that are there before commands get their room.</summary>
    private const int LeastEvents = 2;

    /// <summary>Empty lines, between five parts.</summary>
    private const int MostGaps = 4;

    /// <summary>All nodes have seen by then what one of them saw.</summary>
    private static readonly TimeSpan s_together = TimeSpan.FromSeconds(5);

    private static readonly Style s_bold = new(decoration: Decoration.Bold);
    private static readonly Style s_dim = new(decoration: Decoration.Dim);
    private static readonly Style s_said = new(Color.Yellow);

    /// <param name="width">Characters of a line; 1 or more.</param>
    /// <param name="height">Lines; 1 or more.</param>
    public static IReadOnlyList<ScreenLine> Lines(DemoView view, int width, int height)
    {
        var isSmall = width < FullWidth || height < FullHeight;
        var room = new Room(height - (isSmall ? 1 : 0));
        // In the order of worth, which is not the one of the screen.
        var nodes = room.Take([.. NodesOf(view).Lines(width)]);
        var backends = room.Take([.. BackendsOf(view).Lines(width)]);
        var keys = room.Take([.. KeysOf(view.Hints, width)]);
        var traffic = room.Take(view.Traffic.Length > 0 ? [new ScreenLine(new Cell(Words.Cut(view.Traffic, width)))] : []);
        var title = room.Take([TitleOf(view, width)]);
        var events = room.TakeBlock(1 + LeastEvents);
        // A heading alone says nothing.
        var commands = room.Left > 1 ? room.Take([.. CommandsOf(view.Hints, width)]) : [];
        var gaps = Math.Clamp(room.Left / 2, 0, MostGaps);
        events += events > 0 ? room.Left - gaps : 0;
        IReadOnlyList<ScreenLine>[] parts = [nodes, [.. backends, .. traffic], keys, commands, EventsOf(view, width, events)];
        List<ScreenLine> lines = [.. title];
        foreach (var part in parts.Where(part => part.Count > 0))
        {
            if (part != nodes && gaps-- > 0) lines.Add(ScreenLine.Empty);
            lines.AddRange(part);
        }

        if (isSmall) lines.Add(new ScreenLine(new Cell(SizeNote(width, height), s_dim)));
        return lines;
    }

    private static string SizeNote(int width, int height) => Words.Cut(
        string.Create(CultureInfo.InvariantCulture, $"{FullWidth}x{FullHeight} shows all; this is {width}x{height}"), width);

    private static ScreenLine TitleOf(DemoView view, int width)
    {
        const string Name = "ClusterLb demo";
        var fallen = view.Nodes.FirstOrDefault(node => node.Complaint.Length > 0);
        var said = view.Said.Length > 0 ? view.Said
            : fallen is not null ? $"{fallen.Ports.Name} {fallen.End}: {fallen.Complaint}"
            : view.Status is { } status ? $"as {status.Node} sees it" : "no node answers; r brings nodes back";
        var style = view.Said.Length > 0 || fallen is not null ? s_said : Style.Plain;
        var room = width - Name.Length - 2;
        return room < 1
            ? new ScreenLine(new Cell(Words.Cut(Name, width), s_bold))
            : new ScreenLine(new Cell($"{Name}: ", s_bold), new Cell(Words.Cut(said, room), style));
    }

    private static ScreenTable NodesOf(DemoView view)
    {
        var table = new ScreenTable(
            new ScreenColumn("NODE", 9), new ScreenColumn("PID", 6), new ScreenColumn("ADDRESS", 5), new ScreenColumn("PROCESS", 8, 8),
            new ScreenColumn("CLUSTER", 7, 11), new ScreenColumn("ROLE", 4, 7), new ScreenColumn("CLIENTS", 3),
            new ScreenColumn("REQ/S", 6, 6));
        foreach (var node in view.Nodes)
        {
            var seen = view.Status?.Nodes.FirstOrDefault(one => one.Name == node.Ports.Name);
            var isHeard = seen is { Phase.Length: > 0 } && node.End.Length == 0;
            table.Add(
                node.Ports.Name,
                node.Pid,
                Short(node.Ports.WebUrl),
                Cell.OfState(node.End.Length > 0 ? node.End : isHeard ? seen!.Phase : "starting"),
                seen is null ? "-" : Cell.OfState(seen.IsReachable ? seen.Status : "unreachable"),
                seen is { IsMonitor: true } ? "monitor" : "-",
                isHeard ? seen!.ActiveConnections : "-",
                isHeard ? seen!.RequestsPerSecond.ToString("0.0", CultureInfo.InvariantCulture) : "-");
        }

        return table;
    }

    private static ScreenTable BackendsOf(DemoView view)
    {
        var table = new ScreenTable(
            new ScreenColumn("BACKEND", 9), new ScreenColumn("ADDRESS", 3), new ScreenColumn("STATE", 8, 8),
            new ScreenColumn("IN FLIGHT", 7), new ScreenColumn("BY NODE", 4), new ScreenColumn("WHY", 5, IsText: true));
        foreach (var pool in view.Status?.Pools ?? [])
        {
            foreach (var backend in pool.Backends)
            {
                table.Add(
                    $"{pool.Name}/{backend.Name}",
                    backend.Address,
                    Cell.OfState(backend.State),
                    backend.InFlight,
                    string.Join(' ', backend.InFlightByNode.Select(node =>
                        string.Create(CultureInfo.InvariantCulture, $"{node.Key}={node.Value}"))),
                    backend.Reason);
            }
        }

        return table;
    }

    private static IEnumerable<ScreenLine> KeysOf(DemoHints hints, int width) =>
        Words.Flow(["Keys:", .. hints.Keys], width, "  ").Select(line => new ScreenLine(new Cell(line, s_bold)));

    /// <summary>A command that does not fit is left out: half of one is none. What it does is said where there is room.</summary>
    private static IEnumerable<ScreenLine> CommandsOf(DemoHints hints, int width)
    {
        var heading = hints.Program.IsBelowHere ? "Try in another terminal, in this directory:" : "Try in another terminal:";
        yield return new ScreenLine(new Cell(Words.Cut(heading, width), s_bold));
        foreach (var line in HintsOf(hints.Requests, hints, width)) yield return line;
        foreach (var line in hints.SetUp(width - Indent.Length).Where(line => line.Length <= width - Indent.Length))
            yield return new ScreenLine(Indent + line);
        foreach (var line in HintsOf(hints.Commands, hints, width)) yield return line;
    }

    private static IEnumerable<ScreenLine> HintsOf(IReadOnlyList<Hint> some, DemoHints hints, int width)
    {
        // One column for the effects of all.
        var widest = hints.Requests.Concat(hints.Commands).Max(hint => hint.Command.Length);
        foreach (var (command, effect) in some.Where(hint => Indent.Length + hint.Command.Length <= width))
        {
            yield return (2 * Indent.Length) + widest + effect.Length <= width
                ? new ScreenLine(new Cell(Indent + command.PadRight(widest) + Indent), new Cell(effect, s_dim))
                : new ScreenLine(Indent + command);
        }
    }

    private static IReadOnlyList<ScreenLine> EventsOf(DemoView view, int width, int height)
    {
        if (height == 0) return [];
        var last = Once(view.Events).TakeLast(height - 1).Select(one => new ScreenLine(new Cell(Words.Cut(string.Create(
            CultureInfo.InvariantCulture, $"{Indent}{one.Time.UtcDateTime:HH:mm:ss} {one.Subject} {one.Text}"), width))));
        return [new ScreenLine(new Cell(Words.Cut("Last events, in UTC:", width), s_bold)), .. last];
    }

    /// <summary>What several nodes saw is told once: by the first of them. One node that says it again saw it again.</summary>
    private static IEnumerable<EventReport> Once(IReadOnlyList<EventReport> events)
    {
        var told = new Dictionary<(string Subject, string Text), (DateTimeOffset Time, HashSet<string> Nodes)>();
        foreach (var one in events)
        {
            var what = (one.Subject, one.Text);
            if (told.TryGetValue(what, out var before) && one.Time - before.Time < s_together && before.Nodes.Add(one.Node)) continue;
            told[what] = (one.Time, [one.Node]);
            yield return one;
        }
    }

    /// <summary>Terminals are narrow, and all of them are http.</summary>
    private static string Short(string url) => url["http://".Length..];

    /// <summary>The lines that are not given away yet.</summary>
    private sealed class Room(int height)
    {
        public int Left { get; private set; } = Math.Max(0, height);

        /// <summary>As many of them as there is room for.</summary>
        public IReadOnlyList<ScreenLine> Take(IReadOnlyList<ScreenLine> lines)
        {
            var count = TakeUpTo(lines.Count);
            return [.. lines.Take(count)];
        }

        /// <summary>All or nothing.</summary>
        public int TakeBlock(int count) => Left >= count ? TakeUpTo(count) : 0;

        private int TakeUpTo(int count)
        {
            count = Math.Min(count, Left);
            Left -= count;
            return count;
        }
    }
}
