using ClusterLb.ControlPlane.Hosting;

namespace ClusterLb.Node.Takeover;

/// <summary>The running node, as far as another process takes its place.</summary>
internal interface IPredecessor
{
    /// <summary>In the cluster.</summary>
    string Name { get; }

    /// <summary>Why it will not give its place away now, in one line; null = it will.</summary>
    string? Refusal { get; }

    /// <summary>Another descriptor of everything it listens with, which stays as it is until <see cref="Stay"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">There are none left.</exception>
    Task<IReadOnlyList<HandedSocket>> CopySocketsAsync();

    IEnumerable<KnowledgePart> ReadKnowledge();

    /// <summary>The new process will not take its place: nothing has changed.</summary>
    void Stay();

    /// <summary>What it has in flight, and what its last requests brought about, once it is the node no more.</summary>
    IEnumerable<KnowledgePart> ReadLastWords();

    /// <summary>It accepts nobody any more where the other one does, and kept connections are told to end.</summary>
    /// <param name="copies">Of the sockets that the other one uses.</param>
    Task StepBackAsync(IReadOnlyList<HandedSocket> copies);

    Task LeaveClusterAsync();

    /// <summary>Undoes the two: the new process is gone.</summary>
    /// <param name="copies">Of what it listened with; its own from here on.</param>
    Task ReturnAsync(IReadOnlyList<HandedSocket> copies);

    /// <summary>The other process is the node; this one is to finish what it has, and end.</summary>
    /// <param name="process">Its number.</param>
    void Succeed(int process);

    /// <summary>For people.</summary>
    void Announce(string what);
}
