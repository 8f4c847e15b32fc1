using Peers.Load;
using Peers.Native;
using Peers.Proxies;

namespace Peers.Rows;

/// <summary>A started proxy.</summary>
internal sealed record RunningPeer(Peer Peer, Child Process) : IDisposable
{
    public static async Task<RunningPeer> StartAsync(Lab lab, Peer peer)
    {
        var process = Child.Start(lab.Folder, peer.Name, lab.Cores.Proxy, peer.Prepare(lab.Folder), peer.Environment);
        foreach (var entrance in peer.Entrances)
        {
            await Answers.AwaitPortAsync(process, peer.Name, peer.Port(entrance));
        }

        return new RunningPeer(peer, process);
    }

    /// <summary>Puts the load on and notes what the proxy used for it.</summary>
    public async Task<Sample> MeasureAsync(Lab lab, string loadCommand)
    {
        ThrowIfEnded();
        ProcessFigures.ForgetPeak(Process.Id);
        var before = ProcessFigures.CpuMicroseconds(Process.Id);
        var report = LoadReport.FromJson(await lab.RunLoadAsync(loadCommand));
        ThrowIfEnded();
        return new Sample(report, ProcessFigures.CpuMicroseconds(Process.Id) - before, ProcessFigures.PeakMemory(Process.Id));
    }

    private void ThrowIfEnded()
    {
        if (Process.Ended)
        {
            throw new InvalidOperationException($"{Peer.Name} ended under load: {Process.LastWords}");
        }
    }

    public void Dispose() => Process.Dispose();
}
