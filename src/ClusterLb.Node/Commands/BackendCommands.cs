using System.CommandLine;
using System.Globalization;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Client;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb backend drain|ready|maintain|weight</c>: what an operator wants of one backend, on every node at once.</summary>
internal static class BackendCommands
{
    public static Command Create() =>
        new("backend", "Take backends out of service, bring them back, change their weight.") { Drain(), Ready(), Maintain(), Weight() };

    private static Command Drain()
    {
        var timeout = new Option<string?>("--timeout")
        {
            Description =
            "After it what is left is cut off, such as 30s; default the pool's drain-timeout.",
            HelpName = "DURATION"
        };
        var wait = new Option<bool>("--wait")
        {
            Description =
            "Return when it is drained on every node; exit code 1 when connections were cut off."
        };
        var mode = new Option<string>("--mode")
        {
            Description = "sessions: it keeps those it has until they end; all: they are moved at once.",
            HelpName = "sessions|all",
            DefaultValueFactory = _ => "sessions",
        };
        mode.CompletionSources.Add("sessions", "all");
        var force = Force();
        return Of("drain", "Give a backend no new work and let the old finish.", [timeout, wait, mode, force], async (call, backend) =>
        {
            var body = new Dictionary<string, object?>
            {
                ["state"] = "draining",
                ["mode"] = call.Parsed.GetValue(mode),
                ["force"] = call.Parsed.GetValue(force)
            };
            if (call.Parsed.GetValue(timeout) is { } given) body["timeout"] = given;
            var report = await call.Client.PostAsync<BackendReport>($"{backend.Path}/state", body);
            if (!call.Parsed.GetValue(wait)) return Say(call, backend, report, BackendAnswers.Begun(report));

            call.Error.WriteProse($"{backend} {BackendAnswers.Begun(report).Text}");
            return await DrainWait.RunAsync(call, backend, report, TimeProvider.System);
        });
    }

    private static Command Ready() =>
        Of("ready", "Give a backend work again.", [], (call, backend) => SetStateAsync(call, backend, "ready", force: false));

    private static Command Maintain()
    {
        var force = Force();
        return Of("maintain", "Give a backend no work at all and check it no more.", [force],
            (call, backend) => SetStateAsync(call, backend, "maintenance", call.Parsed.GetValue(force)));
    }

    private static Command Weight()
    {
        var weight = new Argument<string>("N|configured") { Description = "0 to 256, or the configured one.", HelpName = "N|configured" };
        weight.CompletionSources.Add("configured");
        var force = Force();
        return Of("weight", "Give a backend another weight than the configured one.", [force], async (call, backend) =>
        {
            var text = call.Parsed.GetValue(weight)!;
            var isConfigured = text == "configured";
            int? value = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            if (!isConfigured && value is null)
            {
                throw new AdminException(ExitCode.CouldNotAsk,
                    $"weight is \"{text}\"; it must be a whole number from 0 to 256, or configured");
            }

            var report = await call.Client.PostAsync<BackendReport>($"{backend.Path}/weight",
                new { Weight = value, Force = call.Parsed.GetValue(force) });
            return Say(call, backend, report, BackendAnswers.Weighed(report, value));
        }, weight);
    }

    private static Option<bool> Force() =>
        new("--force") { Description = "Also when it is the last backend of its pool that takes work." };

    private static async Task<int> SetStateAsync(AdminCall call, BackendName backend, string state, bool force)
    {
        var report = await call.Client.PostAsync<BackendReport>($"{backend.Path}/state", new { State = state, Force = force });
        return Say(call, backend, report, BackendAnswers.Became(report, state));
    }

    private static int Say(AdminCall call, BackendName backend, BackendReport report, (string Text, bool IsAsAsked) answer)
    {
        call.Print(report, _ => call.Output.WriteProse($"{backend} {answer.Text}"));
        return answer.IsAsAsked ? ExitCode.Done : ExitCode.No;
    }

    private static Command Of(string name, string description, IEnumerable<Option> options, Func<AdminCall, BackendName, Task<int>> action,
        params Argument[] more)
    {
        var admin = new AdminOptions();
        var backend = new Argument<string>("POOL/BACKEND") { Description = "Such as app/b1." };
        backend.CompletionSources.Add(new ClusterNames(admin).Backends);
        var command = new Command(name, description) { backend };
        foreach (var argument in more) command.Arguments.Add(argument);
        foreach (var option in options) command.Options.Add(option);
        return admin.Complete(command, call => action(call, BackendName.Parse(call.Parsed.GetValue(backend)!)));
    }
}

/// <summary>A backend as people name it.</summary>
internal sealed record BackendName(string Pool, string Name)
{
    /// <summary>Under /api/v1/.</summary>
    public string Path => $"pools/{Uri.EscapeDataString(Pool)}/backends/{Uri.EscapeDataString(Name)}";

    /// <exception cref="AdminException">It is no name.</exception>
    public static BackendName Parse(string text) => text.Split('/') is [{ Length: > 0 } pool, { Length: > 0 } name]
        ? new BackendName(pool, name)
        : throw new AdminException(ExitCode.CouldNotAsk, $"\"{text}\" is no backend; name it as POOL/BACKEND, such as app/b1");

    public override string ToString() => $"{Pool}/{Name}";
}
