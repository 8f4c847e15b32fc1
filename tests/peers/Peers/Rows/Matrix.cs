using Peers.Backends;
using Peers.Native;
using Peers.Proxies;

namespace Peers.Rows;

/// <summary>Runs rows over proxies: backends up, each proxy warm, then row by row, round by round, proxy by proxy (A B C A B C).</summary>
internal sealed class Matrix(Lab lab, IReadOnlyList<Peer> peers, IReadOnlyList<Row> rows) : IDisposable
{
    private readonly List<Child> _backends = [];
    private readonly List<RunningPeer> _running = [];

    public async Task<Results> RunAsync()
    {
        var results = new Results();
        await StartBackendsAsync();
        foreach (var row in rows.Where(row => row.Fresh))
        {
            await RunRowAsync(row, results, RunFreshAsync);
        }

        if (rows.Any(row => !row.Fresh))
        {
            await StartWarmAsync();
            await FindReferenceRateAsync();
            foreach (var row in rows.Where(row => !row.Fresh))
            {
                await RunRowAsync(row, results, RunWarmAsync);
            }
        }

        return results;
    }

    public void Dispose()
    {
        _running.ForEach(peer => peer.Dispose());
        _backends.ForEach(backend => backend.Dispose());
    }

    private async Task StartBackendsAsync()
    {
        foreach (var (name, command) in FileBackends.Prepare(lab.Folder))
        {
            _backends.Add(Child.Start(lab.Folder, name, lab.Cores.Backends, command));
        }

        var sinks = string.Join(',', BackendPorts.Sinks);
        var slow = string.Join(',', BackendPorts.Slow);
        _backends.Add(Child.Start(lab.Folder, "sinks", lab.Cores.Backends, $"{Lab.Self} backend --ports {sinks} --delays 0,0,0"));
        var slowCommand = $"{Lab.Self} backend --ports {slow} --delays 2,2,20 --parallel 8";
        _backends.Add(Child.Start(lab.Folder, "slow", lab.Cores.Backends, slowCommand));
        var ports = BackendPorts.Files.Append(BackendPorts.Sinks[^1]).Append(BackendPorts.Slow[^1]);
        foreach (var (backend, port) in _backends.Zip(ports))
        {
            await Answers.AwaitPortAsync(backend, "a backend", port);
        }
    }

    private async Task StartWarmAsync()
    {
        foreach (var peer in peers)
        {
            Say($"warming {peer.Name} for {lab.WarmSeconds} s");
            var running = await RunningPeer.StartAsync(lab, peer);
            _running.Add(running);
            await Answers.CheckAsync(running, Entrance.Http);
            await lab.RunLoadAsync(lab.Wrk(running, Entrance.Http, "/1k", 64, lab.WarmSeconds));
        }
    }

    /// <summary>The open-loop rows are shares of it.</summary>
    private async Task FindReferenceRateAsync()
    {
        if (!rows.Any(row => row.AtReferenceRate))
        {
            return;
        }

        var reference = _running.First(peer => peer.Peer.Name == PeerCatalog.Reference);
        for (var round = 0; round < 3; round++)
        {
            var sample = await reference.MeasureAsync(lab, lab.Wrk(reference, Entrance.Http, "/1k", 64, lab.Seconds));
            lab.ReferenceRate = Math.Max(lab.ReferenceRate, sample.Load.Requests / sample.Load.Seconds);
        }

        Say($"{PeerCatalog.Reference} reaches {lab.ReferenceRate:F0} requests/s");
    }

    private async Task RunRowAsync(Row row, Results results, Func<Row, Peer, int, Task<Sample>> measure)
    {
        for (var round = 1; round <= lab.Rounds; round++)
        {
            foreach (var peer in peers.Where(peer => peer.Offers(row.Entrance)))
            {
                var sample = await SampleAsync(() => measure(row, peer, round));
                results.Add(row, peer, sample);
                var outcome = sample.Failed
                    ? $"{sample.Load.Errors} errors, first: {sample.Load.FirstError}"
                    : $"{row.Figure.Of(sample):F2} {row.Figure.Unit()}";
                Say($"{row.Name}, round {round}, {peer.Name}: {outcome}");
            }
        }
    }

    /// <summary>A proxy that fails its check or ends costs it this row's figure, and the others nothing.</summary>
    private static async Task<Sample> SampleAsync(Func<Task<Sample>> measure)
    {
        try
        {
            return await measure();
        }
        catch (InvalidOperationException failure)
        {
            return Sample.None(failure.Message);
        }
    }

    private async Task<Sample> RunWarmAsync(Row row, Peer peer, int round)
    {
        var running = _running.First(running => running.Peer == peer);
        if (round == 1)
        {
            await Answers.CheckAsync(running, row.Entrance);
        }

        if (round == 1 && row.OwnWarmUp)
        {
            await row.Measure(lab, running, lab.RowWarmSeconds);
        }

        return await row.Measure(lab, running, lab.Seconds);
    }

    private async Task<Sample> RunFreshAsync(Row row, Peer peer, int round)
    {
        using var running = await RunningPeer.StartAsync(lab, peer);
        await Answers.CheckAsync(running, row.Entrance);
        return await row.Measure(lab, running, lab.ColdSeconds);
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
