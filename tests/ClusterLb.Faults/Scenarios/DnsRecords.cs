using System.Net;
using ClusterLb.Faults.Nodes;
using ClusterLb.Faults.Trials;

namespace ClusterLb.Faults.Scenarios;

/// <summary>
/// What a name server says of the backends that are given by name: nothing fails, whatever it is. Backends whose number changes with the
/// records (discovery) are to have their own.
/// </summary>
internal sealed class DnsRecords : IScenario
{
    /// <summary>Where the same backends are found, too.</summary>
    private static readonly IPAddress s_elsewhere = IPAddress.Parse("127.0.0.77");

    public string Name => "dns-records";

    public string Summary => "records of the backends given by name vanish, are empty, point elsewhere and back by turns, and return";

    public async Task RunAsync(Trial trial)
    {
        var names = trial.Backends.Select(backend => ClusterFile.NameOf(backend.Name)).ToList();
        var (third, home) = (trial.During / 3, trial.Cluster.Network.Servers);
        trial.Begin();
        foreach (var name in names.Skip(2)) trial.Site.Names.Set(name);
        foreach (var name in names.Take(2)) trial.Site.Names.Remove(name);
        await Task.Delay(third, trial.Stop);
        for (var (turn, until) = (0, trial.Now + third.TotalMilliseconds); trial.Now < until; turn++)
        {
            trial.Site.Names.Set(names[0], turn % 2 == 0 ? s_elsewhere : home);
            trial.Site.Names.Set(names[1], turn % 2 == 0 ? [home, s_elsewhere] : [s_elsewhere]);
            await Task.Delay(trial.Random.Next(400, 1_600), trial.Stop);
        }

        foreach (var name in names) trial.Site.Names.Set(name, home);
        await trial.HoldAsync();
        await trial.Cluster.WholeAsync();
        trial.End();
    }
}
