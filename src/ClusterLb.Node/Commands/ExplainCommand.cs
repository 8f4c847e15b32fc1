using System.CommandLine;
using System.Globalization;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Node.Terminal;

namespace ClusterLb.Node.Commands;

/// <summary><c>clusterlb explain</c>: which backend a request would get now, and why.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var pool = new Option<string>("--pool") { Description = "Of this pool.", Required = true };
        var key = new Option<string?>("--key")
        {
            Description =
            "For a pool that hashes: the client's address, or the value of its header, cookie or path."
        };
        var admin = new AdminOptions();
        pool.CompletionSources.Add(new ClusterNames(admin).Pools);
        return admin.CompleteView(new Command("explain", "Show which backend a request would get now, and why.") { pool, key },
            async call =>
        {
            var name = Uri.EscapeDataString(call.Parsed.GetValue(pool)!);
            var explanation = await call.Client.GetAsync<Explanation>(
                $"explain?pool={name}{(call.Parsed.GetValue(key) is { } given ? $"&key={Uri.EscapeDataString(given)}" : "")}");
            call.Print(explanation, _ => Print(explanation, call.Output));
            return ExitCode.Done;
        });
    }

    private static void Print(Explanation explanation, TextWriter output)
    {
        var by = explanation.HashesBy is { } hashes ? $" by {hashes}" : "";
        var open = explanation.FailsOpen ? ", fails open: health is overruled" : "";
        output.WriteProse($"pool {explanation.Pool}, {explanation.Policy}{by}{open}");
        if (explanation.Sticky != StickyBy.None)
            output.WriteProse("for a client without a session; those that have one go to its backend (sessions show)");
        output.WriteProse($"{explanation.Picked ?? "nobody"}: {explanation.Why}");
        output.WriteLine();
        var table = new TextTable("BACKEND", "STATE", "ELIGIBLE", new("WEIGHT", 3), new("IN FLIGHT HERE", 2), new("ELSEWHERE", 1),
            new("SCORE", 4), new("HASH ORDER", 5), "WHY");
        foreach (var backend in explanation.Backends)
        {
            table.Add(
                Cell.OfName(backend.Name),
                Cell.OfState(backend.State.ToString().ToLowerInvariant()),
                backend.IsEligible ? "yes" : "no",
                backend.Weight.ToString(CultureInfo.InvariantCulture),
                backend.InFlight,
                backend.InFlightElsewhere,
                backend.Score is { } score ? score.ToString(CultureInfo.InvariantCulture) : "-",
                backend.HashOrder is { } order ? order : "-",
                backend.Reason);
        }

        output.WriteHidden(table.Print(output));
    }
}
