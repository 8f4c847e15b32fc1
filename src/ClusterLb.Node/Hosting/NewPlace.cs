using System.Globalization;
using ClusterLb.ControlPlane.Commands;
using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Hosting;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.Core.Configuration;
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
    /// <exception cref="TakeoverException">That one is the node again; who was served here has been served.</exception>
    /// <param name="node">Of this process.</param>
    /// <param name="names">Answers no more when the place is given back.</param>
    /// <param name="signals">May hurry it then.</param>
    public async Task SettleAsync(NodeConfig node, NodeNames names, ProcessSignals signals)
    {
        try
        {
            var isThere = await succession.ServeAsync();
            Learn();
            controlPlane.Start(files);
            var began = time.GetTimestamp();
            while (!running.HasRun && time.GetElapsedTime(began) < s_patience) await Task.Delay(s_look, time);
            if (isThere && !running.HasRun)
                throw new TakeoverException("its part of the cluster has not begun in 20 s; the log has the reason");
            await succession.SettleAsync();
        }
        catch (TakeoverException)
        {
            await GiveBackAsync(node, names, signals);
            throw;
        }

        Supervisor.Tell(Supervisor.MainIs(Environment.ProcessId));
        _hearing = HearLastAsync();
        journal.Announce(node.Name, string.Create(CultureInfo.InvariantCulture, $"has the place of process {succession.Process} now"));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _hearing;
        _ending.Dispose();
    }

    /// <summary>The cluster's port is free before the running one learns that it is the node; who came here is served to the end.</summary>
    private async Task GiveBackAsync(NodeConfig node, NodeNames names, ProcessSignals signals)
    {
        admin.Door.Close();
        await names.PauseAsync();
        await controlPlane.LeaveAsync();
        succession.Dispose();
        await dataPlane.StopAcceptingAsync(node.DrainTimeout, signals.Second, time);
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
