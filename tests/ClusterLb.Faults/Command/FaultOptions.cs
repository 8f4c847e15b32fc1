using System.Globalization;

namespace ClusterLb.Faults.Command;

/// <summary>What the command line asks for. Pure.</summary>
/// <param name="Scenarios">Names, or <c>all</c>.</param>
/// <param name="Duration">Of each.</param>
/// <param name="Seed">Of its chances.</param>
/// <param name="Rate">Requests per second.</param>
/// <param name="Clients">How many.</param>
/// <param name="IsJson">The report is for a machine.</param>
/// <param name="Program">The published <c>clusterlb</c>; null = publish it first.</param>
internal sealed record FaultOptions(
    IReadOnlyList<string> Scenarios, TimeSpan Duration, int Seed, int Rate, int Clients, bool IsJson, string? Program)
{
    public const string Usage = """
        usage: dotnet run --project tests/ClusterLb.Faults -- --scenario all|NAME[,NAME...] [OPTION...]
          --scenario NAME   which fault; --list shows them
          --duration 60s    of each scenario, 4s to 24h: a quarter before the fault, half with it, a quarter after; some faults take longer
          --seed N          of clients' and scenarios' chances; without it another one each time, which the report tells
          --rate N          requests per second of all clients together, 10 to 20000; default 1000
          --clients N       8 to 4096; one in four speaks TCP, the others HTTP/1.1; default 128
          --program PATH    the published clusterlb; without it this builds and publishes its own
          --json            the report as JSON
          --list            the scenarios, and what each does
        """;

    /// <param name="arguments">Of the command line.</param>
    /// <param name="known">Names of scenarios.</param>
    /// <param name="anySeed">Where none is given.</param>
    /// <returns>Options, or what is wrong with them in one line.</returns>
    public static (FaultOptions? Options, string Problem) Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> known, int anySeed)
    {
        var options = new FaultOptions([], TimeSpan.FromSeconds(60), anySeed, 1_000, 128, false, null);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--json")
            {
                options = options with { IsJson = true };
                continue;
            }

            var (name, value) = (arguments[i], i + 1 < arguments.Count ? arguments[i + 1] : "");
            if (options.With(name, value) is not { } next) return (null, Complaint(name, value));
            (options, i) = (next, i + 1);
        }

        if (options.Scenarios.Count == 0) return (null, "--scenario is missing; it is all, or a name that --list shows");
        return options.Scenarios.FirstOrDefault(scenario => scenario != "all" && !known.Contains(scenario)) is { } unknown
            ? (null, $"--scenario {unknown}: there is none of that name; there are all, {string.Join(", ", known)}")
            : (options, "");
    }

    public bool Wants(string scenario) => Scenarios.Contains("all") || Scenarios.Contains(scenario);

    /// <summary>As <c>Parse</c> reads it: 500ms is too short for anything here, so seconds, minutes and hours.</summary>
    public static TimeSpan? DurationOf(string text)
    {
        if (text.Length < 2 || Number(text[..^1], 0, 86_400) is not { } number) return null;
        TimeSpan? duration = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            _ => null,
        };
        return duration is { } given && given >= TimeSpan.FromSeconds(4) && given <= TimeSpan.FromHours(24) ? given : null;
    }

    /// <summary>Null when it makes no sense.</summary>
    private FaultOptions? With(string name, string value) => name switch
    {
        "--scenario" when value.Length > 0 => this with { Scenarios = [.. Scenarios, .. value.Split(',')] },
        "--duration" when DurationOf(value) is { } duration => this with { Duration = duration },
        "--seed" when Number(value, 0, int.MaxValue) is { } seed => this with { Seed = seed },
        "--rate" when Number(value, 10, 20_000) is { } rate => this with { Rate = rate },
        "--clients" when Number(value, 8, 4_096) is { } clients => this with { Clients = clients },
        "--program" when value.Length > 0 => this with { Program = value },
        _ => null,
    };

    private static string Complaint(string name, string value) => name switch
    {
        "--scenario" => "--scenario has no value; it is all, or a name that --list shows",
        "--duration" => $"--duration {value}: it is a number with s, m or h, from 4s to 24h, such as 60s",
        "--seed" => $"--seed {value}: it is a number from 0 to {int.MaxValue}",
        "--rate" => $"--rate {value}: it is a number from 10 to 20000, of requests per second",
        "--clients" => $"--clients {value}: it is a number from 8 to 4096",
        "--program" => "--program has no value; it is the path of a published clusterlb",
        _ => $"{name}: there is no such option",
    };

    private static int? Number(string text, int from, int to) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to
            ? number
            : null;
}
