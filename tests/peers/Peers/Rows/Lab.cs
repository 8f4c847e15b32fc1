using Peers.Native;
using Peers.Proxies;

namespace Peers.Rows;

/// <summary>Where and for how long things run: times in seconds, the folder holds configurations, files served and outputs.</summary>
internal sealed record Lab(string Folder, Cores Cores, string WrkScript, int Rounds, int Seconds, int ColdSeconds, int WarmSeconds,
    int RowWarmSeconds)
{
    /// <summary>This program, which is also the load and the slow backends.</summary>
    public static string Self { get; } = Environment.ProcessPath ?? throw new InvalidOperationException("no path of this program");

    /// <summary>Requests per second that the reference reached at 1 KiB and 64 connections in this run.</summary>
    public double ReferenceRate { get; set; }

    public Task<string> RunLoadAsync(string command) => Child.RunAsync(Folder, "load", Cores.Load, command);

    public string Wrk(RunningPeer peer, Entrance entrance, string path, int connections, int seconds) =>
        $"wrk -t1 -c{connections} -d{seconds}s -s {WrkScript} http://127.0.0.1:{peer.Peer.Port(entrance)}{path}";

    /// <summary>The same, each request with a cookie of the next of these sessions.</summary>
    public string WrkWithCookies(RunningPeer peer, Entrance entrance, string path, int connections, int seconds, string cookies) =>
        $"{Wrk(peer, entrance, path, connections, seconds)} -- {cookies}";

    public static string Own(RunningPeer peer, Entrance entrance, string mode, string path, int connections, int seconds,
        string more = "") =>
        $"{Self} load --mode {mode} --port {peer.Peer.Port(entrance)} --path {path} --connections {connections} --seconds {seconds} {more}";
}
