using System.Runtime.InteropServices;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Outcomes;
using ClusterLb.Core.Routing;
using ClusterLb.DataPlane;
using ClusterLb.DataPlane.Listeners;
using ClusterLb.Node.Commands;

namespace ClusterLb.Node.Hosting;

/// <summary>A whole node in one process: data plane, control plane, admin port, in that order, and in the other order when it leaves.</summary>
internal static class NodeHost
{
    private sealed class NoSink : IOutcomeSink { public void Report(Backend backend, in Outcome outcome) { } }

    public static async Task<int> RunAsync(ClusterLbConfig config, TimeProvider time, TextWriter errors)
    {
        using var logging = LoggerFactory.Create(builder => builder.AddSimpleConsole(options => options.SingleLine = true));
        var logger = logging.CreateLogger("clusterlb");
        var tables = new RoutingTableHolder();
        var now = (long)(time.GetTimestamp() * 1000.0 / time.TimestampFrequency);
        tables.Publish(new RoutingTableBuilder(new LoggedPoolEvents(logger)).Build(config, now));
        await using var dataPlane = new DataPlaneHost(config, tables, new NoSink(), fault => logger.DataPlaneFault(fault));
        try
        {
            dataPlane.Start();
        }
        catch (ListenerBindException failure)
        {
            await errors.WriteLineAsync(failure.Message);
            return ExitCode.No;
        }

        var stop = new TaskCompletionSource();
        using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => { c.Cancel = true; stop.TrySetResult(); });
        using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => { c.Cancel = true; stop.TrySetResult(); });
        await stop.Task;
        await dataPlane.StopAcceptingAsync(config.Node.DrainTimeout, time);
        return 0;
    }
}
