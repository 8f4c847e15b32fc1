using ClusterLb.Core.Configuration;
using ClusterLb.Core.Reload;

namespace ClusterLb.ControlPlane.Reload;

/// <summary>The files of this node, as a reload of the cluster goes by them. Any thread.</summary>
public interface IOwnFiles
{
    /// <summary>
    /// Reads them, and gets everything that could fail; nothing is changed by it. One at a time: waits for a reload that is under way.
    /// </summary>
    /// <param name="isDryRun">They are only read.</param>
    Task<IReloadAttempt> PrepareAsync(bool isDryRun);
}

/// <summary>What was read, and is in force or not as the cluster decides; nobody's word within 20 s lets it be.</summary>
public interface IReloadAttempt
{
    ReloadOffer Offer { get; }

    /// <summary>It can be committed. False from the start after a dry run, or when it is refused.</summary>
    bool IsOpen { get; }

    /// <summary>Everything that is to be the same on all nodes; none when it is refused.</summary>
    EquatableList<SharedKey> ReadKeys();

    /// <summary>Puts it into force.</summary>
    /// <returns>False when it is not open any more: nothing has changed.</returns>
    Task<bool> CommitAsync();

    /// <summary>Lets it be. Returns at once.</summary>
    void Abandon();
}
