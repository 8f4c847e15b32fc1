using Peers.Proxies;

namespace Peers.Rows;

/// <summary>One line of the matrix.</summary>
/// <param name="Name">What <c>--rows</c> selects by.</param>
/// <param name="Entrance">Which port of the proxy; proxies without it do not take part.</param>
/// <param name="Figure">What it is judged by.</param>
/// <param name="Measure">One measurement of so many seconds.</param>
internal sealed record Row(string Name, Entrance Entrance, Figure Figure, Func<Lab, RunningPeer, int, Task<Sample>> Measure)
{
    /// <summary>Each measurement gets a proxy just started; the other rows share one that is warm.</summary>
    public bool Fresh { get; init; }

    /// <summary>A path through the proxy that the general warm-up has not taken, to be warmed first.</summary>
    public bool OwnWarmUp { get; init; }

    /// <summary>The open-loop rows need the best rate of the reference first.</summary>
    public bool AtReferenceRate { get; init; }
}
