using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Balancing;

/// <summary>
/// What all candidates have in flight together, by <see cref="BackendLoad.Pressure"/>. The counters are shared by loops and many, so only a
/// few are read at a time, in rotation: exact for few candidates, a few picks old for many. Owned by one event loop.
/// </summary>
internal sealed class InFlightSum
{
    private const int ReadAtATime = 4;

    private Eligibility _seen = Eligibility.None;
    private double[] _parts = [];
    private int _next;

    public double Pressure { get; private set; }

    /// <summary>Of all candidates, x 100.</summary>
    public long Weight { get; private set; }

    public void Refresh(Eligibility eligible)
    {
        if (!ReferenceEquals(eligible, _seen)) StartOver(eligible);
        for (var i = Math.Min(ReadAtATime, _parts.Length); i > 0; i--)
        {
            var part = eligible.Candidates[_next].Load.Pressure;
            Pressure += part - _parts[_next];
            _parts[_next] = part;
            if (++_next == _parts.Length) _next = 0;
        }
    }

    private void StartOver(Eligibility eligible)
    {
        (_seen, _next, Pressure, Weight) = (eligible, 0, 0, 0);
        _parts = new double[eligible.Candidates.Length];
        for (var i = 0; i < _parts.Length; i++)
        {
            Pressure += _parts[i] = eligible.Candidates[i].Load.Pressure;
            Weight += eligible.Weights[i];
        }
    }
}
