using ClusterLb.Core.Configuration;

namespace ClusterLb.ControlPlane.Tables;

/// <summary>
/// What an operator wrote, with what was found out since put into it: every table is made of both. No actor, so that it works whatever
/// ActorSystem runs. Any thread; one table at a time.
/// </summary>
/// <param name="tables">Publishes what is made here.</param>
public sealed class DesiredTable(TableOwner tables)
{
    /// <summary>What a start waits for answers at most: a node with one dead name server serves its other pools.</summary>
    public static readonly TimeSpan StartBound = TimeSpan.FromSeconds(2);

    private readonly Lock _publishing = new();
    private IReadOnlyList<ITablePart> _parts = [];
    private ClusterLbConfig? _desired;

    /// <summary>
    /// What is published of a configuration to which every part has added; all of it where nobody says otherwise. Pure, called under a
    /// lock.
    /// </summary>
    public Func<ClusterLbConfig, ClusterLbConfig> Usable { get; init; } = static config => config;

    /// <summary>Called once, before anything else: who puts something into configurations, in this order.</summary>
    public void MakeOf(params IReadOnlyList<ITablePart> parts) => _parts = parts;

    /// <summary>
    /// Has every part ask for what it does not know yet, up to <see cref="StartBound"/>. Nothing is changed by it before
    /// <see cref="Apply"/>; <see cref="Abandon"/> forgets it again.
    /// </summary>
    /// <param name="desired">As an operator wrote it.</param>
    public Task PrepareAsync(ClusterLbConfig desired) => Task.WhenAll(_parts.Select(part => part.PrepareAsync(desired)));

    /// <summary>Publishes the table of a configuration, with what is known by now.</summary>
    /// <param name="desired">Prepared.</param>
    public void Apply(ClusterLbConfig desired)
    {
        lock (_publishing)
        {
            _desired = desired;
            Publish(desired);
        }

        foreach (var part in _parts) part.Follow(desired);
    }

    /// <summary>What was prepared is not applied.</summary>
    public void Abandon()
    {
        foreach (var part in _parts) part.Abandon();
    }

    /// <summary>Something else is known: publishes the configuration in force anew, if there is one.</summary>
    public void Renew()
    {
        lock (_publishing)
        {
            if (_desired is not null) Publish(_desired);
        }
    }

    private void Publish(ClusterLbConfig desired) =>
        tables.Apply(Usable(_parts.Aggregate(desired, (config, part) => part.Put(config))));
}
