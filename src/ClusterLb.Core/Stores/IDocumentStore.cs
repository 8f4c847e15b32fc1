namespace ClusterLb.Core.Stores;

/// <summary>
/// The few small things that a cluster as a whole remembers, e.g. what operators asked for: by name, each replaced whole. No call throws or
/// takes longer than 1 s. Any thread.
/// </summary>
public interface IDocumentStore
{
    /// <summary>Empty when there is none. Null = no answer.</summary>
    Task<byte[]?> ReadAsync(string name);

    /// <summary>False = no answer; it may have been written all the same.</summary>
    Task<bool> WriteAsync(string name, byte[] content);

    /// <summary>What was there before, or the claim, which is there now. Null = no answer.</summary>
    Task<byte[]?> ClaimAsync(string name, byte[] content);

    /// <summary>
    /// Called on a thread of the pool each time the store is there again, and the first time: what it should hold is to be written again.
    /// </summary>
    void OnReturn(Action reconcile);
}
