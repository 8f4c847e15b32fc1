using System.Globalization;
using System.Text.RegularExpressions;
using Peers;
using Peers.Backends;
using Peers.Load;
using Peers.Proxies;
using Peers.Reporting;
using Peers.Rows;

// peers run|load|backend: the comparison, and the two things it starts of itself.
var options = Arguments.Parse(args.Length > 0 ? args[1..] : []);
switch (args.FirstOrDefault())
{
    case "run":
        return await RunAsync(options);

    case "load":
        var load = LoadConfig.Parse(options);
        Console.WriteLine(new Generator(load).Run().ToJson());
        if (load.Mode == LoadMode.Idle)
        {
            await Console.In.ReadLineAsync();
        }

        return 0;

    case "backend":
        var ports = options["ports"].Split(',').Zip(options["delays"].Split(','), (port, delay) =>
            (int.Parse(port, CultureInfo.InvariantCulture), double.Parse(delay, CultureInfo.InvariantCulture)));
        new BackendServer(ports, int.Parse(options.GetValueOrDefault("parallel", "1"), CultureInfo.InvariantCulture)).Run();
        return 0;

    default:
        Console.Error.WriteLine(
            "peers run --folder F --clusterlb EXE --yarp EXE --wrk-script F --load-average TEXT [--results F] "
            + "[--quick] [--rows REGEX] [--peers LIST] [--before EXE]");
        return 2;
}

static async Task<int> RunAsync(Dictionary<string, string> options)
{
    var quick = options.ContainsKey("quick");
    var cores = Cores.Choose(Environment.ProcessorCount);
    var lab = quick
        ? new Lab(options["folder"], cores, options["wrk-script"], Rounds: 2, Seconds: 3, ColdSeconds: 3, WarmSeconds: 5, RowWarmSeconds: 1)
        : new Lab(options["folder"], cores, options["wrk-script"], Rounds: 5, Seconds: 2, ColdSeconds: 10, WarmSeconds: 30,
            RowWarmSeconds: 10);

    var all = PeerCatalog.All(options["yarp"], options["clusterlb"], options.GetValueOrDefault("before"));
    var wanted = options.TryGetValue("peers", out var list) ? list.Split(',') : [.. all.Select(peer => peer.Name)];
    var unknown = wanted.Except(all.Select(peer => peer.Name)).ToArray();
    var rows = RowCatalog.All.Where(row => Regex.IsMatch(row.Name, options.GetValueOrDefault("rows", ""))).ToArray();
    if (unknown.Length > 0 || rows.Length == 0)
    {
        Console.Error.WriteLine($"peers: {string.Join(' ', all.Select(peer => peer.Name))}");
        Console.Error.WriteLine($"rows:\n  {string.Join("\n  ", RowCatalog.All.Select(row => row.Name))}");
        return 2;
    }

    // Every ratio needs the reference.
    Peer[] peers = [.. all.Where(peer => peer.Name == PeerCatalog.Reference || wanted.Contains(peer.Name))];
    var started = TimeProvider.System.GetUtcNow();
    try
    {
        var header = await RunHeader.WriteAsync(lab, peers, started, options["load-average"]);
        using var matrix = new Matrix(lab, peers, rows);
        var results = await matrix.RunAsync();
        var selection = rows.Length < RowCatalog.All.Count || peers.Length < all.Count
            ? $"- NOT the whole matrix: {rows.Length} of {RowCatalog.All.Count} rows, {peers.Length} of {all.Count} proxies\n"
            : "";
        var table = header + selection + "\n" + MarkdownTable.Write(results, peers, rows);
        Console.WriteLine(table);
        if (options.TryGetValue("results", out var folder))
        {
            var name = started.ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture) + ".md";
            await File.WriteAllTextAsync(Path.Combine(folder, name), table);
        }

        return results.AnyFailed ? 1 : 0;
    }
    catch (InvalidOperationException failure)
    {
        Console.Error.WriteLine($"no table: {failure.Message}");
        return 1;
    }
}
