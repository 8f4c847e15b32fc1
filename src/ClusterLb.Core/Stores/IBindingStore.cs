using ClusterLb.Core.Sessions;

namespace ClusterLb.Core.Stores;

/// <summary>
/// Bindings outside of the cluster. A hint, never the truth: it may be away, empty or behind. No call throws or outlives its budget; while
/// the store is away none is made. Any thread.
/// </summary>
public interface IBindingStore
{
    /// <summary>False while calls fail: none is made then but one a second to see whether it is back.</summary>
    bool IsUp { get; }

    /// <summary>Bindings that were put and are not written yet.</summary>
    int Waiting { get; }

    /// <summary>The binding that was there, or the claim, which is there now. Null = no answer within the budget.</summary>
    Task<Binding?> ClaimAsync(Binding claim, TimeSpan budget);

    /// <summary>The binding that is there; <c>default</c> when there is none. Null = no answer within the budget.</summary>
    Task<Binding?> FindAsync(SessionKey session, TimeSpan budget);

    /// <summary>
    /// Written behind, in batches: replaces what it overrules, renews what it equals. Waits in a bounded buffer while the store is away;
    /// when that is full the oldest go, and are counted.
    /// </summary>
    void Put(in Binding binding);
}
