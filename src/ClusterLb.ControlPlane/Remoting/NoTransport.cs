using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;

namespace ClusterLb.ControlPlane.Remoting;

/// <summary>For a cluster of one: it has an address, as Akka.Cluster wants, and neither listens nor dials.</summary>
internal sealed class NoTransport : Transport
{
    private readonly ClusterPortSetup _setup;

    /// <summary>Called by Akka, by the class's name.</summary>
    public NoTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        _setup = system.Settings.Setup.Get<ClusterPortSetup>().Value;
    }

    public static string Name { get; } = $"{typeof(NoTransport).FullName}, {typeof(NoTransport).Assembly.GetName().Name}";

    public override string SchemeIdentifier => "tcp";

    public override long MaximumPayloadBytes => int.MaxValue;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() =>
        Task.FromResult((new Address(SchemeIdentifier, System.Name, _setup.Host, _setup.Port),
            new TaskCompletionSource<IAssociationEventListener>()));

    public override bool IsResponsibleFor(Address remote) => true;

    public override Task<AssociationHandle> Associate(Address remoteAddress) =>
        Task.FromException<AssociationHandle>(new InvalidAssociationException($"no connection with {remoteAddress}: this node has no "
            + $"seeds, and so no cluster port"));

    public override Task<bool> Shutdown() => Task.FromResult(true);
}
