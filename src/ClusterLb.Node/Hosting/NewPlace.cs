using System.Globalization;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.DataPlane;
using ClusterLb.Node.Admin;
using ClusterLb.Node.Lifecycle;
using ClusterLb.Node.Takeover;

namespace ClusterLb.Node.Hosting;

/// <summary>How a process becomes the node that another one is.</summary>
/// <param name="files">What a reload of the cluster goes by.</param>
internal sealed class NewPlace(
    Succession succession, DataPlaneHost dataPlane, ControlPlaneHost controlPlane, IOwnFiles files, RunningSystem running,
    AdminSockets admin, EventJournal journal, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    /// <summary>The control plane has the cluster port within this, or goes on trying without anybody who waits for it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _ending = new();
    private Task _hearing = Task.CompletedTask;

    /// <summary>Before anything is served.</summary>
    /// <exception cref="DataPlane.Listeners.ListenerBindException">An address of the new configuration cannot be bound.</exception>
    public void Bind()
    {
        admin.Door.Close();
        var listeners = succession.Listeners;
        var unused = dataPlane.Start(listeners);
        foreach (var used in listeners.Except(unused)) succession.Keep(used.Socket);
    }

    /// <summary>The node knows what the running one knows, and serves when that one says so.</summary>
    /// <exception cref="TakeoverException">The running one stays the node.</exception>
    /// <param name="node">Serves from here on.</param>
    /// <param name="names">Answers from here on.</param>
    /// <param name="signals">May have asked it to leave meanwhile.</param>
    public async Task OpenAsync(NodeState node, NodeNames names, ProcessSignals signals)
    {
        Learn();
        await succession.GetReadyAsync();
        Learn();
        if (signals.First.IsCompleted) throw new TakeoverException("the new process was asked to leave before it served");
        await dataPlane.OpenAsync();
        admin.Door.Open();
        names.Start();
        node.Serve();
    }

    /// <summary>In the cluster, too. The running one is not needed any more then.</summary>
    /// <exception cref="TakeoverException">It is the node again.</exception>
    /// <param name="node">Its name.</param>
    public async Task SettleAsync(string node)
    {
        await succession.ServeAsync();
        Learn();
        controlPlane.Start(files);
        var began = time.GetTimestamp();
        while (!running.HasRun && time.GetElapsedTime(began) < s_patience) await Task.Delay(s_look, time);
        await succession.SettleAsync();
        _hearing = HearLastAsync();
        journal.Announce(node, string.Create(CultureInfo.InvariantCulture, $"has the place of process {succession.Process} now"));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _hearing;
        _ending.Dispose();
    }

    private async Task HearLastAsync()
    {
        await succession.HearLastAsync(controlPlane.Knowledge.TakeLast, _ending.Token);
        controlPlane.Knowledge.EndLast();
    }

    private void Learn()
    {
        foreach (var part in succession.TakeKnowledge()) controlPlane.Knowledge.Take(part);
        controlPlane.Knowledge.Apply();
    }
}
