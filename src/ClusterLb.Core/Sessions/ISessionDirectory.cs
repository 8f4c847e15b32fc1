using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// Who knows where sessions are beyond this node's <see cref="BindingTable"/>. Every call may be made on an event loop: it returns at once,
/// never throws and never waits for longer than its budget; tasks complete on any thread.
/// </summary>
public interface ISessionDirectory
{
    /// <summary>
    /// The store may know of sessions from before this node's life that no node knows: it is to be asked of those that are new here.
    /// </summary>
    bool MayRemember { get; }

    /// <summary>What the store knows of a session that no node does. Null = nothing, or it did not say so in time.</summary>
    Task<Binding?> RecallAsync(SessionKey session);

    /// <summary>
    /// First use of a session that cannot be where the hash says: the binding that is there already, else the one claimed here. Null =
    /// nobody could say in time, and the hash decides.
    /// </summary>
    /// <param name="session">Of a learned mode.</param>
    /// <param name="candidate">Where it goes if nobody has it.</param>
    Task<Binding?> ClaimAsync(SessionKey session, Backend candidate);

    /// <summary>
    /// An answer gives its client a session of the application's: bound where it was served, and known to whoever may be asked next when
    /// this completes. Null = nobody could say so in time.
    /// </summary>
    /// <param name="session">Of the mode that learns from answers.</param>
    Task<Binding?> LearnAsync(SessionKey session, Backend served);

    /// <summary>
    /// The backend is gone for the cluster: where the session is now, decided once for everybody. Null = nobody could say in time, and the
    /// hash decides.
    /// </summary>
    /// <param name="known">The binding that this node knows.</param>
    Task<Binding?> MoveAsync(Binding known, string pool);

    /// <summary>
    /// The backend let a request of the session time out and has answered nobody else meanwhile: unless this node's own check finds it
    /// well, the session moves as by <see cref="MoveAsync"/>, to one that answers. Null = it stays.
    /// </summary>
    /// <param name="known">The binding that this node knows.</param>
    /// <param name="silent">Who else has answered nobody meanwhile: to be moved there last.</param>
    Task<Binding?> LeaveAsync(Binding known, string pool, IReadOnlySet<Backend> silent);

    /// <summary>
    /// A session that needed nobody to be bound, or that was used and is to live on: for this node's table if
    /// <see cref="Binding.IsLocal"/>, else for everybody's. Fire and forget; bounded, drops are counted.
    /// </summary>
    void Note(in Binding binding);
}
