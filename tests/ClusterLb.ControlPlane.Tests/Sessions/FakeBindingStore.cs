using System.Collections.Concurrent;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Stores;

namespace ClusterLb.ControlPlane.Tests.Sessions;

/// <summary>A store in memory that a test takes away and brings back.</summary>
internal sealed class FakeBindingStore : IBindingStore
{
    public ConcurrentDictionary<SessionKey, Binding> Bindings { get; } = new();

    public bool IsUp { get; set; } = true;

    public int Waiting { get; set; }

    /// <summary>It is there but does not answer in time.</summary>
    public bool IsSilent { get; set; }

    /// <summary>What a look-up waits for.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public int Asked;

    public Task<Binding?> ClaimAsync(Binding claim, TimeSpan budget)
    {
        Interlocked.Increment(ref Asked);
        return Task.FromResult<Binding?>(IsSilent ? null : Bindings.GetOrAdd(claim.Session, claim));
    }

    public async Task<Binding?> FindAsync(SessionKey session, TimeSpan budget)
    {
        Interlocked.Increment(ref Asked);
        if (Hold is { } hold) await hold.Task;
        return IsSilent ? null : Bindings.GetValueOrDefault(session);
    }

    public void Put(in Binding binding)
    {
        var put = binding;
        Bindings.AddOrUpdate(binding.Session, put, (_, held) => held.Overrules(put) ? held : put);
    }
}
