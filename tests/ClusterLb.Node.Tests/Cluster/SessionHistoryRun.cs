using System.Globalization;
using ClusterLb.Faults.Backends;
using ClusterLb.Faults.Clients;
using ClusterLb.Faults.History;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Cluster;

/// <summary>
/// Three real nodes over three real backends, sessions whose requests are on all nodes at once, and faults in an order that a seed decides.
/// </summary>
internal sealed class SessionHistoryRun : IAsyncDisposable
{
    private readonly RunClock _clock = new();
    private readonly List<Absence> _absences = [];
    private readonly List<(string Log, double End)> _logs = [];
    private readonly Random _random;
    private readonly string _folder;
    private readonly IReadOnlyList<BackendProcess> _backends;
    private readonly ProcessCluster _cluster;
    private readonly SessionClients _clients;
    private readonly IReadOnlyList<BackendWatch> _watches;

    private SessionHistoryRun(Random random, string folder, IReadOnlyList<BackendProcess> backends, ProcessCluster cluster, int sessions)
    {
        (_random, _folder, _backends, _cluster) = (random, folder, backends, cluster);
        _clients = new SessionClients([.. cluster.Nodes.Select(node => (node.Name, node.Port))], sessions, TimeSpan.FromMilliseconds(200),
            _clock);
        _watches = [.. backends.Select(backend => new BackendWatch(backend, _clock, Note))];
    }

    /// <summary>What was done to whom and when, one line each.</summary>
    public List<string> Faults { get; } = [];

    /// <param name="sessions">How many.</param>
    /// <param name="seed">Of the faults' order.</param>
    /// <param name="settings">Of the nodes.</param>
    public static async Task<SessionHistoryRun> StartAsync(int sessions, int seed, params IEnumerable<string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("clusterlb-history-").FullName;
        var backends = new List<BackendProcess>();
        SessionHistoryRun? run = null;
        try
        {
            foreach (var name in new[] { "b1", "b2", "b3" }) backends.Add(await BackendProcess.StartAsync(name, FreePorts.Next(), folder));
            var cluster = await ProcessCluster.StartOverAsync([.. backends.Select(backend => backend.EndPoint)], settings);
            run = new SessionHistoryRun(new Random(seed), folder, backends, cluster, sessions);
            await Eventually.Is(() => run._clients.AllBegan);
            return run;
        }
        catch
        {
            if (run is not null) await run.DisposeAsync();
            else End(backends, folder);
            throw;
        }
    }

    /// <summary>One fault after the other for so long.</summary>
    public async Task DisturbAsync(TimeSpan during)
    {
        for (var until = _clock.Now + during.TotalMilliseconds; _clock.Now < until;)
        {
            await (_random.Next(10) switch
            {
                0 or 1 => KillAsync(Any(_backends), _random.Next(1_000, 4_000)),
                2 or 3 or 4 => KillAsync(Any(_backends), _random.Next(100, 300)),
                5 or 6 => FreezeAsync(Any(_backends), _random.Next(2_000, 6_000)),
                7 or 8 => TwoAtOnceAsync(),
                _ => KillNodeAsync(Any(_cluster.Nodes)),
            });
            await Task.Delay(_random.Next(300, 2_500));
        }
    }

    /// <summary>Ends the clients and judges what they saw.</summary>
    /// <param name="tellsFrozen">As <see cref="SessionChecker"/> has it.</param>
    public async Task<HistoryReport> CheckAsync(bool tellsFrozen)
    {
        await _clients.StopAsync();
        foreach (var watch in _watches) await watch.StopAsync();
        _logs.AddRange(_cluster.Nodes.Select(node => (node.Process.Errors, _clock.Now)));
        var down = _logs.SelectMany(log => VerdictLog.Read(log.Log, _clock, log.End));
        return new SessionChecker([.. _absences, .. down], tellsFrozen).Check(_clients.History);
    }

    /// <summary>Requests so far.</summary>
    public int Requests => _clients.History.Count;

    /// <summary>What backends were sent more than once, and which.</summary>
    public IReadOnlyList<string> DoubledPosts =>
    [
        .. _backends.SelectMany(backend => backend.Posts.Select(path => (Path: path, backend.Name))).GroupBy(post => post.Path)
            .Where(posts => posts.Count() > 1)
            .Select(posts => $"{posts.Key} at {string.Join(" and ", posts.Select(post => post.Name))}"),
    ];

    /// <summary>What every process of a node wrote, but for Akka.</summary>
    public string Logs => string.Join('\n',
        _logs.SelectMany(log => log.Log.Split('\n').Where(line => !line.Contains("Akka", StringComparison.Ordinal)).Prepend("---")));

    /// <summary>POSTs that were answered.</summary>
    public int Posts => _clients.Posted.Count();

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var watch in _watches) await watch.DisposeAsync();
            await _clients.DisposeAsync();
        }
        finally
        {
            await _cluster.DisposeAsync();
            End(_backends, _folder);
        }
    }

    private static void End(IReadOnlyList<BackendProcess> backends, string folder)
    {
        foreach (var backend in backends) backend.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task TwoAtOnceAsync()
    {
        var first = _random.Next(_backends.Count);
        var second = (first + 1 + _random.Next(_backends.Count - 1)) % _backends.Count;
        await Task.WhenAll(AnyFaultAsync(_backends[first]), AnyFaultAsync(_backends[second]));
    }

    private Task AnyFaultAsync(BackendProcess backend) => _random.Next(3) switch
    {
        0 => KillAsync(backend, _random.Next(1_000, 4_000)),
        1 => KillAsync(backend, _random.Next(100, 300)),
        _ => FreezeAsync(backend, _random.Next(2_000, 6_000)),
    };

    private async Task KillAsync(BackendProcess backend, int milliseconds)
    {
        var from = _clock.Now;
        backend.Kill();
        await Task.Delay(milliseconds);
        await backend.RestartAsync();
        Note(new Absence(backend.Name, AbsenceKind.Killed, from, _clock.Now));
    }

    private async Task FreezeAsync(BackendProcess backend, int milliseconds)
    {
        var from = _clock.Now;
        backend.Freeze();
        await Task.Delay(milliseconds);
        backend.Thaw();
        Note(new Absence(backend.Name, AbsenceKind.Frozen, from, _clock.Now));
    }

    private async Task KillNodeAsync(ClusterNode node)
    {
        Faults.Add(string.Create(CultureInfo.InvariantCulture, $"{_clock.Now,9:F1} {node.Name} is killed and started"));
        node.Process.Signal(NodeProcess.SIGKILL);
        await node.Process.ExitCodeAsync();
        _logs.Add((node.Process.Errors, _clock.Now));
        await Task.Delay(_random.Next(0, 2_000));
        _cluster.Start(node);
        await _cluster.WholeAsync([.. _cluster.Nodes]);
    }

    private void Note(Absence absence)
    {
        lock (_absences)
        {
            _absences.Add(absence);
            Faults.Add(string.Create(CultureInfo.InvariantCulture,
                $"{absence.From,9:F1}..{absence.Until,-9:F1} {absence.Backend} {absence.Kind}"));
        }
    }

    private T Any<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];
}
