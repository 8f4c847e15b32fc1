using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Hosting;

namespace ClusterLb.ControlPlane.Publishing;

/// <summary>The only one of the control plane that writes what the data plane reads: verdicts and admin states go through it into the live pools.</summary>
internal sealed class RoutingTablePublisherActor : ReceiveActor
{
    private readonly ControlPlaneMemory _memory;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private HealthSnapshot _applied = HealthSnapshot.None;

    public RoutingTablePublisherActor(ControlPlaneMemory memory)
    {
        _memory = memory;
        Receive<HealthSnapshot>(Apply);
        Receive<AdminStateChanged>(Apply);
    }

    private void Apply(HealthSnapshot snapshot)
    {
        // Two monitors may speak for a moment: an older word is no word.
        if (!snapshot.IsNewerThan(_applied)) return;
        foreach (var (id, verdict) in snapshot.Verdicts)
        {
            if (_applied.Verdicts.TryGetValue(id, out var known) && ReferenceEquals(known, verdict)) continue;
            if (_memory.Tables.Current.FindBackend(id) is { } found) found.Pool.SetActive(found.Backend, verdict.State.Health, verdict.Reason, _memory.NowMilliseconds);
        }

        _applied = snapshot;
    }

    private void Apply(AdminStateChanged change)
    {
        if (_memory.Tables.Current.FindBackend(change.Backend) is { } found) found.Pool.SetAdmin(found.Backend, change.State, change.Reason, _memory.NowMilliseconds);
        else _log.Warning("admin state {0} for {1}, which is no backend of the current table", change.State, change.Backend);
    }
}

internal static class RoutingTablePublisherRegistration
{
    public static AkkaConfigurationBuilder WithRoutingTablePublisher(this AkkaConfigurationBuilder builder, ControlPlaneMemory memory) =>
        builder.WithActors((system, registry) => registry.Register<RoutingTablePublisherActor>(
            system.ActorOf(Props.Create(() => new RoutingTablePublisherActor(memory)), "routing-table-publisher")));
}
