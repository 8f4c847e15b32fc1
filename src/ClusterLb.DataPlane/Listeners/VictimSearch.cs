using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// One look for a client that may go: exact for an address with up to 64 connections; of one with more, the 64 that were looked at
/// longest ago. So the work is bounded, and the next look goes on where this one stopped.
/// </summary>
internal struct VictimSearch(Pressure pressure, long nowMilliseconds)
{
    // A client that comes has so long to say something, and one with a request behind it for the next.
    private const long GraceMilliseconds = 1_000;
    private const long ShortGraceMilliseconds = 100;

    // A client that takes nothing for so long may go when it is tight and nobody idles.
    private const long StallMilliseconds = 5_000;

    private const int LooksPerAddress = 64;
    private const int MostLooks = 512;

    private readonly long _now = nowMilliseconds;
    private readonly long _idleBy = nowMilliseconds - (pressure >= Pressure.Tight ? ShortGraceMilliseconds : GraceMilliseconds);
    private readonly long _stalledBy = pressure >= Pressure.Tight ? nowMilliseconds - StallMilliseconds : long.MinValue;
    private int _looks;

    public readonly bool GoesOn => _looks < MostLooks;

    /// <summary>The longest idle that was seen; null = none.</summary>
    public ClientConnection? Idlest { get; private set; }

    /// <summary>The longest stalled that was seen; null = none.</summary>
    public ClientConnection? Stalled { get; private set; }

    /// <summary>
    /// Of the address looked at last: most of its clients are new and owe us something, but none has for long enough. One in steady use is
    /// never old enough.
    /// </summary>
    public bool FoundMostlyYoung { get; private set; }

    public void LookAt(ClientAddress address)
    {
        var (looks, young) = (Math.Min(address.Count, LooksPerAddress), 0);
        var rotates = address.Count > LooksPerAddress;
        _looks += looks;
        var client = address.First!;
        for (var left = looks; left > 0; left--)
        {
            var next = client.Next;
            var since = client.WaitsFrom;
            if (since <= _idleBy)
            {
                if (Idlest is null || since < Idlest.WaitsFrom) Idlest = client;
            }
            else
            {
                young += since <= _now && !client.HasReturned ? 1 : 0;
                if (client.StallsFrom is var stall && stall <= _stalledBy && (Stalled is null || stall < Stalled.StallsFrom))
                    Stalled = client;
            }

            if (rotates) address.MoveLast(client);
            client = next!;
        }

        FoundMostlyYoung = Idlest is null && young * 2 > looks;
    }
}
