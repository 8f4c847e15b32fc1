using System.CommandLine;
using System.Globalization;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Client;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb sessions list|show|evict|evacuate</c>: where sticky sessions are, on any node for the whole cluster.</summary>
internal static class SessionsCommand
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    public static Command Create() =>
        new("sessions", "See where sticky sessions are, forget them, move them away.") { List(), Show(), Evict(), Evacuate() };

    private static Command List()
    {
        var pool = new Option<string?>("--pool") { Description = "Of this pool only." };
        var backend = new Option<string?>("--backend") { Description = "Of this backend of the pool only." };
        var limit = new Option<int>("--limit") { Description = "The most to list; 1 to 100000.", DefaultValueFactory = _ => 100 };
        var (admin, names) = WithNames();
        pool.CompletionSources.Add(names.Pools);
        backend.CompletionSources.Add(names.NamesInPools);
        return admin.CompleteTable(new Command("list", "List sessions.") { pool, backend, limit }, async call =>
        {
            var filter = Query("pool", call.Parsed.GetValue(pool)) + Query("backend", call.Parsed.GetValue(backend));
            var path = FormattableString.Invariant($"sessions?limit={call.Parsed.GetValue(limit)}{filter}");
            var report = await call.Client.GetAsync<SessionListReport>(path);
            call.Print(report, _ => Print(report, call.Output));
            return ExitCode.Done;
        });
    }

    private static Command Show() => OfSession("show", "Show where a session is.", HttpMethod.Get, session => string.Create(
        CultureInfo.InvariantCulture,
            $"{session.Key} is {Where(session)}, moved {session.Moves} times, expires in {session.ExpiresInSeconds} s unless it is used"));

    private static Command Evict() =>
        OfSession("evict", "Forget where a session is: its next request begins anew.", HttpMethod.Post,
        session => $"{session.Key} is forgotten");

    private static Command Evacuate()
    {
        var backend = new Argument<string>("backend")
        {
            Description = "POOL/BACKEND, such as app/b1; draining or in maintenance.",
            HelpName = "POOL/BACKEND"
        };
        var rate = new Option<string>("--rate")
        {
            Description = "Sessions a second, such as 100/s.",
            HelpName = "N/s",
            DefaultValueFactory = _ => "100/s"
        };
        var wait = new Option<bool>("--wait") { Description = "Return when it is over; exit code 1 when sessions are left." };
        var (admin, names) = WithNames();
        backend.CompletionSources.Add(names.Backends);
        return admin.Complete(new Command("evacuate", "Move the sessions of a backend to others.") { backend, rate, wait },
            async call =>
        {
            var name = BackendName.Parse(call.Parsed.GetValue(backend)!);
            var report = await call.Client.PostAsync<EvacuationReport>($"{name.Path}/evacuate",
                new { Rate = ParseRate(call.Parsed.GetValue(rate)!) });
            while (call.Parsed.GetValue(wait) && !report.IsDone)
            {
                await Task.Delay(s_look, TimeProvider.System);
                report = await call.Client.GetAsync<EvacuationReport>($"{name.Path}/evacuate");
            }

            var end = report.IsDone ? string.Create(CultureInfo.InvariantCulture, $", {report.Left} left: {report.End}") : ", goes on";
            call.Print(report, _ => call.Output.WriteProse(string.Create(
                CultureInfo.InvariantCulture, $"{name}: {report.Moved} of {report.Found} sessions moved{end}")));
            return call.Parsed.GetValue(wait) && report.Left > 0 ? ExitCode.No : ExitCode.Done;
        });
    }

    private static Command OfSession(string name, string description, HttpMethod method, Func<SessionReport, string> text)
    {
        var key = new Argument<string>("key")
        {
            Description = "16 hexadecimal digits or our cookie's value; with the --pool of an application's cookie, a header or "
                + "source-ip, the value it knows the client by.",
            HelpName = "KEY",
        };
        var pool = new Option<string?>("--pool") { Description = "Whose session it is." };
        var (admin, names) = WithNames();
        pool.CompletionSources.Add(names.Pools);
        return admin.Complete(new Command(name, description) { key, pool }, async call =>
        {
            var path = $"sessions/{name}?key={Uri.EscapeDataString(call.Parsed.GetValue(key)!)}{Query("pool", call.Parsed.GetValue(pool))}";
            var session = method == HttpMethod.Get
                ? await call.Client.GetAsync<SessionReport>(path)
                : await call.Client.PostAsync<SessionReport>(path, new { });
            call.Print(session, _ => call.Output.WriteProse(text(session)));
            return ExitCode.Done;
        });
    }

    private static (AdminOptions Admin, ClusterNames Names) WithNames()
    {
        var admin = new AdminOptions();
        return (admin, new ClusterNames(admin));
    }

    private static void Print(SessionListReport report, TextWriter output)
    {
        var table = new TextTable("SESSION", "POOL", "BACKEND", "MOVES", "EXPIRES IN");
        foreach (var session in report.Sessions)
        {
            table.Add(session.Key, Cell.OfName(session.Pool), Cell.OfName(session.Backend), session.Moves,
                string.Create(CultureInfo.InvariantCulture, $"{session.ExpiresInSeconds} s"));
        }

        table.Print(output);
        output.WriteProse(string.Create(CultureInfo.InvariantCulture, $"{report.Sessions.Count} listed, {report.Known} known"));
    }

    private static string Where(SessionReport session) =>
        session.IsEvicted
            ? "forgotten"
            : session.Backend.Length == 0 ? "on a backend that is not configured any more" : $"on {session.Pool}/{session.Backend}";

    private static int ParseRate(string text) =>
        int.TryParse(text.EndsWith("/s", StringComparison.Ordinal)
            ? text[..^2]
            : text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate)
        ? rate
        : throw new AdminException(ExitCode.CouldNotAsk, $"--rate is \"{text}\"; it must be sessions a second, such as 100/s");

    private static string Query(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
