using System.Collections.Concurrent;
using ClusterLb.Core.Stores;

namespace ClusterLb.ControlPlane.Tests.Stores;

/// <summary>A store in memory that can be away.</summary>
internal sealed class FakeDocumentStore : IDocumentStore
{
    private readonly ConcurrentQueue<Action> _reconcile = new();

    public ConcurrentDictionary<string, byte[]> Content { get; } = new();

    public bool IsAway { get; set; }

    public int Writes { get; private set; }

    public int Asked;

    public Task<byte[]?> ReadAsync(string name) => Task.FromResult(IsAway ? null : Content.GetValueOrDefault(name, []));

    public Task<bool> WriteAsync(string name, byte[] content)
    {
        if (IsAway) return Task.FromResult(false);
        Writes++;
        Content[name] = content;
        return Task.FromResult(true);
    }

    public Task<byte[]?> ClaimAsync(string name, byte[] content)
    {
        Interlocked.Increment(ref Asked);
        return Task.FromResult(IsAway ? null : Content.GetOrAdd(name, content));
    }

    public void OnReturn(Action reconcile) => _reconcile.Enqueue(reconcile);
}
