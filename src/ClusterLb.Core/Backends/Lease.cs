namespace ClusterLb.Core.Backends;

/// <summary>One in-flight unit of a backend; returned exactly once, by <see cref="Return"/>.</summary>
public readonly struct Lease(Backend backend)
{
    public Backend Backend { get; } = backend;

    public void Return() => Backend.Load.Decrement();
}
