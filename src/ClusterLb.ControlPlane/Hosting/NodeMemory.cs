using System.Text;
using Akka.Actor;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Reload;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.ControlPlane.Stores;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Routing;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Stores;
using ClusterLb.Core.Time;
using Microsoft.Extensions.Logging;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>
/// What each room remembers whatever ActorSystem runs, side by side: put together here, and handed out piece by piece to who needs it.
/// </summary>
/// <param name="tables">Holds the first table before any ActorSystem runs.</param>
/// <param name="logger">Hears what is announced.</param>
public sealed class NodeMemory(ClusterLbConfig config, RoutingTableHolder tables, ILogger logger, Clock clock)
{
    private volatile ClusterLbConfig _config = config;

    /// <summary>In force; what an ActorSystem is made of.</summary>
    public ClusterLbConfig Config => _config;

    public RoutingTableHolder Tables { get; } = tables;

    public Clock Clock { get; } = clock;

    public HealthMemory Health { get; } = new(clock);

    public AdminMemory Admin { get; } = new();

    public SessionMemory Sessions { get; } = new(config.Sticky, clock);

    public MembershipMemory Members { get; } = new(config.Node.Name, clock, logger);

    public StoreMemory Store { get; } = new();

    internal FormerProcess Former { get; } = new();

    public ReloadMemory Reload { get; } = new();

    /// <summary>
    /// True once the node knows what it needs to balance as those do whom it can reach: what operators want, sessions, their key, and
    /// verdicts. Without a monitor its own checks do; the rest holds without one.
    /// </summary>
    public bool IsInformed =>
        Admin.IsKnown && Sessions.IsKnown && HasCookieKey && (Health.HasHeardMonitor || Health.IsStale)
        && Tables.Current.Pools.All(pool => pool.IsAnswered);

    /// <summary>A session that began before there is a key would be nobody's.</summary>
    private bool HasCookieKey =>
        Sessions.CookieKeys.Current.Signing is not null || Tables.Current.Pools.All(pool => pool.Config.Sticky.By != StickyBy.Cookie);

    /// <summary>Another configuration is in force. Any thread.</summary>
    public void Follow(ClusterLbConfig config)
    {
        _config = config;
        PublishKeys();
    }

    /// <summary>Those of our cookie that the operator gave; nothing where he gave none, for then the nodes agree on one.</summary>
    internal void PublishKeys()
    {
        if (Config.Sticky.Keys.Count == 0) return;
        Sessions.CookieKeys.Publish(new CookieKeys(
            Config.Sticky.Keys.Select(key => new CookieKey(key.Id, Encoding.UTF8.GetBytes(key.Secret.Plain)))));
    }

    /// <param name="store">Where bindings are kept outside of the cluster; null = nowhere.</param>
    public SessionDependencies SessionDependencies(IBindingStore? store) => new(Sessions, Config.Sticky, Tables, Clock, store);

    internal HealthDependencies HealthDependencies(IBackendCheck check) => new(Config.Node.Name, Health, Tables, Clock, check);

    internal BackendDependencies BackendDependencies(IWorkCutter cutter, IActorRef publisher) =>
        new(Admin, Tables, Clock, Sessions.Bound.Of, cutter, publisher);

    internal AdminDependencies AdminDependencies() => new(Admin, Members, Tables, Clock, () => Store.IsRead);

    /// <summary>What a store outside keeps of all this.</summary>
    /// <param name="admin">Hears what operators asked for.</param>
    /// <param name="keys">Hears the keys of our cookie; nobody where the operator gave them, and none are kept then.</param>
    internal IReadOnlyList<StoredDocument> Documents(IActorRef admin, IActorRef keys)
    {
        var intents = new StoredDocument(
            AdminDocument.Name,
            kept => AdminDocument.Merge(kept, Admin.Intents),
            kept => admin.Tell(new AdminStateTold(AdminDocument.Read(kept).ToEquatableList())));
        var term = new StoredDocument(
            TermDocument.Name,
            kept => TermDocument.Write(Math.Max(TermDocument.Read(kept), Health.HighestTerm)),
            kept => Health.StoredTerm = Math.Max(Health.StoredTerm, TermDocument.Read(kept)));
        var ring = new StoredDocument(
            RingDocument.Name, _ => RingDocument.Write(Tables.Current.Pools.Select(pool => pool.Config)), _ => { });
        if (keys.IsNobody()) return [intents, term, ring];
        var secrets = new StoredDocument(
            CookieKeyDocument.Name,
            kept => Sessions.CookieKeys.Current.Signing is null ? null : CookieKeyDocument.Merge(kept, Sessions.CookieKeys.Current.Secrets),
            kept => keys.Tell(new CookieKeysTold(CookieKeyDocument.Read(kept).ToEquatableList())));
        return [intents, term, ring, secrets];
    }

    internal OwnReport OwnReport(ILocalNode node) => new(node, Config.Node.Name, Health, Admin, () => Sessions.KeysDigest, Tables, Former,
        () => Reload.Epoch);
}
