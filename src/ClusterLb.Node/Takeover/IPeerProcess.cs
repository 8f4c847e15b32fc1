namespace ClusterLb.Node.Takeover;

/// <summary>The process at the other end of a takeover, of which the kernel knows more than the connection tells.</summary>
internal interface IPeerProcess : IDisposable
{
    /// <summary>Its number.</summary>
    int Process { get; }

    /// <summary>
    /// Whether it has ended. The end of a connection comes a moment before the end of its process, so this waits that moment.
    /// </summary>
    Task<bool> HasEndedAsync();

    /// <summary>Ends it at once (SIGKILL), hanging or stopped as it may be, and waits until it is gone.</summary>
    Task EndAsync();
}
