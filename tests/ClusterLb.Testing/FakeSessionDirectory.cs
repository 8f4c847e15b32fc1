using System.Collections.Concurrent;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Sessions;
using ClusterLb.DataPlane.Sessions;

namespace ClusterLb.Testing;

/// <summary>A directory in memory that says what a test wants it to say, and writes down what it is told.</summary>
public sealed class FakeSessionDirectory(BindingTable table, uint ttlSeconds = 3_600) : ISessionDirectory
{
    /// <summary>For a data plane whose pools have no sessions.</summary>
    public static SessionServices Unused()
    {
        var table = new BindingTable(1_000);
        return new SessionServices(table, new FakeSessionDirectory(table), new CookieKeysHolder(), NewPerClient: 0);
    }

    /// <summary>What everybody knows.</summary>
    public ConcurrentDictionary<SessionKey, Binding> Known { get; } = new();

    public ConcurrentQueue<Binding> Noted { get; } = new();

    public ConcurrentQueue<(string Call, SessionKey Session)> Asked { get; } = new();

    /// <summary>Where moved sessions go; null = nobody can say.</summary>
    public Backend? MoveTo { get; set; }

    /// <summary>As of a store that knows what no node does.</summary>
    public bool MayRemember { get; set; }

    /// <summary>Answers nothing, as when nobody could in time.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Answers only then.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task<Binding?> RecallAsync(SessionKey session)
    {
        Asked.Enqueue(("recall", session));
        await Gate;
        return !IsSilent && Known.TryGetValue(session, out var known) ? table.Put(known, Now) : null;
    }

    public async Task<Binding?> ClaimAsync(SessionKey session, Backend candidate)
    {
        Asked.Enqueue(("claim", session));
        await Gate;
        if (IsSilent) return null;
        var binding = Known.GetOrAdd(session, new Binding(session, candidate.Key, 1, Expiry));
        return table.Put(binding, Now);
    }

    public Task<Binding?> LearnAsync(SessionKey session, Backend served) => ClaimAsync(session, served);

    public async Task<Binding?> MoveAsync(Binding known, string pool)
    {
        Asked.Enqueue(("move", known.Session));
        await Gate;
        if (IsSilent || MoveTo is not { } target) return null;
        var binding = Known.AddOrUpdate(
            known.Session,
            _ => new Binding(known.Session, target.Key, Math.Max(1, known.Version) + 1, Expiry),
            (_, held) => held.Version > known.Version
                ? held
                : new Binding(known.Session, target.Key, Math.Max(1, known.Version) + 1, Expiry));
        return table.Put(binding, Now);
    }

    /// <summary>Leaves for <see cref="MoveTo"/>, whatever a check would say.</summary>
    public Task<Binding?> LeaveAsync(Binding known, string pool, IReadOnlySet<Backend> silent) => MoveAsync(known, pool);

    public void Note(in Binding binding)
    {
        Noted.Enqueue(binding);
        table.Put(binding, Now);
    }

    private static uint Now => (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private uint Expiry => Now + ttlSeconds;
}
