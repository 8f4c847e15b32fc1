using System.Net;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>A bad configuration never replaces a good one.</summary>
internal sealed class BadFile : IScenario
{
    /// <summary>What each makes of a good file.</summary>
    private static readonly (string What, Func<string, string> Spoil)[] s_mistakes =
    [
        ("an unknown key", good => good.Replace("event-loops", "event-lops", StringComparison.Ordinal)),
        ("no end", good => good[..(good.Length / 2)]),
        ("a pool that is not there", good => good.Replace("pool = sessions", "pool = sesions", StringComparison.Ordinal)),
        ("another name", good => good.Replace("name = lb", "name = xlb", StringComparison.Ordinal)),
        ("a wrong type", good => good.Replace("event-loops = 1", "event-loops = many", StringComparison.Ordinal)),
        ("nothing in it", _ => ""),
    ];

    public string Name => "bad-file";

    public string Summary => "every node is told to reload files with six kinds of mistakes";

    public async Task RunAsync(Trial trial)
    {
        trial.Begin();
        var file = trial.Cluster.File;
        foreach (var node in trial.Cluster.Nodes)
        {
            var fingerprint = (await node.ReportAsync())?.Fingerprint;
            foreach (var (what, spoil) in s_mistakes)
            {
                node.Configure(spoil(file.TextOf(node.Plan)));
                var status = await node.ReloadAsync();
                if (status != HttpStatusCode.UnprocessableEntity)
                    trial.Violate($"{node.Name} answered a file with {what} with {(int)status}");
                var now = (await node.ReportAsync())?.Fingerprint;
                if (now != fingerprint) trial.Violate($"{node.Name} has another configuration in force after a file with {what}");
            }

            node.Configure(file.TextOf(node.Plan));
            if (await node.ReloadAsync() is var again && again != HttpStatusCode.OK)
                trial.Violate($"{node.Name} answered its own file with {(int)again}");
        }

        await trial.HoldAsync();
        trial.End();
    }
}
