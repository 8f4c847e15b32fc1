using Peers.Load;
using Peers.Native;
using Peers.Proxies;

namespace Peers.Rows;

/// <summary>The matrix. Adding a row is a line here.</summary>
internal static class RowCatalog
{
    private const int IdleConnections = 10_000;
    private const int Sessions = 1_000;

    /// <summary>The warm row that the cold one is held against.</summary>
    public const string WarmName = "http 1 KiB, 64 connections";
    public const string ColdName = "cold: first 10 s after start, 1 KiB, 64 connections";

    public static IReadOnlyList<Row> All { get; } =
    [
        KeepAlive(ColdName, Entrance.Http, "/1k", 64) with { Fresh = true },
        new("idle memory, 10,000 keep-alive connections", Entrance.Http, Figure.KilobytesPerConnection, IdleAsync) { Fresh = true },
        KeepAlive("http tiny, 1 connection", Entrance.Http, "/tiny", 1),
        KeepAlive("http tiny, 64 connections", Entrance.Http, "/tiny", 64),
        KeepAlive("http tiny, 1000 connections", Entrance.Http, "/tiny", 1000),
        KeepAlive("http 1 KiB, 1 connection", Entrance.Http, "/1k", 1),
        KeepAlive(WarmName, Entrance.Http, "/1k", 64),
        KeepAlive("http 1 KiB, 1000 connections", Entrance.Http, "/1k", 1000),
        new("http 1 KiB, 64 connections, 1000 sessions by the proxy's cookie", Entrance.Cookie, Figure.CpuMicrosecondsPerRequest,
            SessionsAsync) { OwnWarmUp = true },
        KeepAlive("http 1 KiB, 64 connections, a new session and cookie with every answer", Entrance.Cookie, "/1k",
            64) with { OwnWarmUp = true },
        Close("http new connection per request, 1 KiB, 64 at once", Entrance.Http),
        Bodies("http 10 MB down, 8 connections", Entrance.Http, "/10m", ""),
        Bodies("http 10 MB up, 8 connections", Entrance.Upload, "/", "--body 10485760"),
        KeepAlive("tcp 1 KiB, 64 connections", Entrance.Tcp, "/1k", 64) with { OwnWarmUp = true },
        Close("tcp connect-request-close, 1 KiB, 64 at once", Entrance.Tcp),
        Bodies("tcp 10 MB down, 8 connections", Entrance.Tcp, "/10m", ""),
        Bodies("tcp 10 MB up, 8 connections", Entrance.TcpUpload, "/", "--body 10485760"),
        OneSlow("one of three 10x slower, round-robin", Entrance.SlowRoundRobin),
        OneSlow("one of three 10x slower, least-connections", Entrance.SlowLeastConnections),
        OneSlow("one of three 10x slower, p2c", Entrance.SlowP2c),
        OneSlow("one of three 10x slower, least-time", Entrance.SlowLeastTime),
        OpenLoop("open loop, 50 % of HAProxy's best rate, 1 KiB", 0.5),
        OpenLoop("open loop, 80 % of HAProxy's best rate, 1 KiB", 0.8),
    ];

    private static Row KeepAlive(string name, Entrance entrance, string path, int connections) =>
        new(name, entrance, Figure.CpuMicrosecondsPerRequest, (lab, peer, seconds) =>
            peer.MeasureAsync(lab, lab.Wrk(peer, entrance, path, connections, seconds)));

    private static async Task<Sample> SessionsAsync(Lab lab, RunningPeer peer, int seconds)
    {
        var cookies = await Answers.TakeCookiesAsync(peer, Entrance.Cookie, Sessions,
            Path.Combine(lab.Folder, $"{peer.Peer.Name}.cookies"));
        return await peer.MeasureAsync(lab, lab.WrkWithCookies(peer, Entrance.Cookie, "/1k", 64, seconds, cookies));
    }

    private static Row Close(string name, Entrance entrance) =>
        new(name, entrance, Figure.CpuMicrosecondsPerRequest, (lab, peer, seconds) =>
            peer.MeasureAsync(lab, Lab.Own(peer, entrance, "close", "/1k", 64, seconds)))
        { OwnWarmUp = true };

    private static Row Bodies(string name, Entrance entrance, string path, string more) =>
        new(name, entrance, Figure.CpuSecondsPerGigabyte, (lab, peer, seconds) =>
            peer.MeasureAsync(lab, Lab.Own(peer, entrance, "closed", path, 8, seconds, more)))
        { OwnWarmUp = true };

    /// <summary>1000 requests a second, arriving as from independent users: round robin loads the slow backend to 83 %.</summary>
    private static Row OneSlow(string name, Entrance entrance) =>
        new(name, entrance, Figure.P99Milliseconds, (lab, peer, seconds) =>
            peer.MeasureAsync(lab, Lab.Own(peer, entrance, "open", "/", 256, seconds, "--rate 1000 --poisson")))
        { OwnWarmUp = true };

    private static Row OpenLoop(string name, double share) =>
        new(name, Entrance.Http, Figure.P99Milliseconds, (lab, peer, seconds) =>
            peer.MeasureAsync(lab, Lab.Own(peer, Entrance.Http, "open", "/1k", 256, seconds, $"--rate {lab.ReferenceRate * share:F0}")))
        { AtReferenceRate = true };

    /// <summary>The proxy is first used for a while, so that what it allocates once is not counted as the connections'.</summary>
    private static async Task<Sample> IdleAsync(Lab lab, RunningPeer peer, int seconds)
    {
        await lab.RunLoadAsync(lab.Wrk(peer, Entrance.Http, "/1k", 64, Math.Min(seconds, lab.Seconds)));
        var before = ProcessFigures.Memory(peer.Process.Id);
        using var load = Child.Start(lab.Folder, "idle", lab.Cores.Load, Lab.Own(peer, Entrance.Http, "idle", "/1k", IdleConnections, 0));
        var report = LoadReport.FromJson(await load.FirstLineAsync());
        var after = ProcessFigures.Memory(peer.Process.Id);
        return new Sample(report, 0, ProcessFigures.PeakMemory(peer.Process.Id), after - before);
    }
}
