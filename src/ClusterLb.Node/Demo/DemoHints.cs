using System.Net;

namespace ClusterLb.Node.Demo;

/// <summary>What whoever watches the demo may try.</summary>
/// <param name="Keys">That the demo itself hears.</param>
/// <param name="Requests">For another terminal.</param>
/// <param name="Commands">For the same, after <see cref="SetUp"/>.</param>
/// <param name="Instead">Commands that do what a key does.</param>
internal sealed record DemoHints(ProgramPlace Program, IReadOnlyList<string> Admins, IReadOnlyList<string> Keys,
    IReadOnlyList<Hint> Requests, IReadOnlyList<Hint> Commands, IReadOnlyList<Hint> Instead)
{
    /// <param name="ill">The sample backend that is made ill, and where it is.</param>
    public static DemoHints Of(ProgramPlace program, IReadOnlyList<DemoPorts> nodes, (string Name, IPEndPoint EndPoint) ill)
    {
        var (first, second) = (nodes[0], nodes[1]);
        return new DemoHints(
            program,
            [.. nodes.Select(node => node.AdminUrl)],
            [$"1-{nodes.Count} kill a node", "r bring it back", $"i {ill.Name} ill or well", "t traffic", "q end"],
            [
                new Hint($"curl {first.WebUrl}/", "hello from b1, b2 or b3"),
                new Hint($"curl {second.WebUrl}/slow", "takes 2 s: watch IN FLIGHT"),
            ],
            [
                new Hint("clusterlb status", "all of it, as one node sees it"),
                new Hint("clusterlb backend drain app/b1 --wait", "no new requests for b1, anywhere"),
                new Hint("clusterlb backend ready app/b1", "and it gets them again"),
                new Hint("clusterlb events", "what was decided, and why"),
            ],
            [
                new Hint($"curl -X POST http://{ill.EndPoint}/ill", $"{ill.Name} answers its checks with 503, and gets no more requests"),
                new Hint($"curl -X POST http://{ill.EndPoint}/well", "and comes back"),
            ]);
    }

    /// <summary>What another terminal has to be told first, no line wider than asked for where that can be.</summary>
    public IEnumerable<string> SetUp(int width)
    {
        foreach (var line in Program.OnPath(width)) yield return line;
        const string Variable = "export CLUSTERLB_ADMIN=";
        // With one of three nodes dead another one answers, so two will do where there is no room for all.
        var count = Admins.Count;
        while (count > 1 && Variable.Length + Admins.Take(count).Sum(admin => admin.Length + 1) - 1 > width) count--;
        yield return Variable + string.Join(',', Admins.Take(count));
    }
}

/// <param name="Effect">What it shows, or does.</param>
internal sealed record Hint(string Command, string Effect);
