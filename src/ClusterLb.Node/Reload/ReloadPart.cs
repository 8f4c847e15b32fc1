using ClusterLb.Core.Configuration;
using ClusterLb.Node.Configuration.Changes;

namespace ClusterLb.Node.Reload;

/// <summary>
/// What one room of the node does when its configuration changes: gets everything that could fail, and changes nothing by that; then
/// changes, or lets it be.
/// </summary>
/// <param name="PrepareAsync">Of the configuration that is to be in force. Throws <see cref="ReloadException"/> when it cannot be.</param>
internal sealed record ReloadPart(Func<ClusterLbConfig, Task<PreparedPart>> PrepareAsync)
{
    /// <summary>
    /// What has changed where the configuration only says where it is, such as in files; nothing by default. Throws
    /// <see cref="ReloadException"/> when that cannot be read.
    /// </summary>
    public Func<ClusterLbConfig, IEnumerable<ConfigurationChange>> FindChanges { get; init; } = _ => [];

    /// <summary>One that cannot fail, at once.</summary>
    public static ReloadPart Of(Action<ClusterLbConfig> follow) => new(desired => Task.FromResult(new PreparedPart(
        () =>
        {
            follow(desired);
            return Task.CompletedTask;
        },
        () => Task.CompletedTask)));
}

/// <param name="CommitAsync">Makes the change; cannot fail.</param>
/// <param name="AbandonAsync">Lets it be; what was got for it is given back.</param>
internal sealed record PreparedPart(Func<Task> CommitAsync, Func<Task> AbandonAsync)
{
    public static PreparedPart Nothing { get; } = new(() => Task.CompletedTask, () => Task.CompletedTask);
}

/// <summary>A configuration that is legal cannot be in force here.</summary>
/// <param name="key">That is to blame.</param>
/// <param name="message">Why, in one line.</param>
internal sealed class ReloadException(string key, string message) : Exception(message)
{
    public string Key => key;
}
