using Peers.Proxies;

namespace Peers.Rows;

/// <summary>Every sample of a run, by row and proxy, in the order of the rounds.</summary>
internal sealed class Results
{
    private readonly Dictionary<(Row, Peer), List<Sample>> _samples = [];

    public IReadOnlyList<Sample> Of(Row row, Peer peer) => _samples.TryGetValue((row, peer), out var samples) ? samples : [];

    public bool AnyFailed => _samples.Values.Any(samples => samples.Exists(sample => sample.Failed));

    public void Add(Row row, Peer peer, Sample sample)
    {
        if (!_samples.TryGetValue((row, peer), out var samples))
        {
            _samples[(row, peer)] = samples = [];
        }

        samples.Add(sample);
    }
}
