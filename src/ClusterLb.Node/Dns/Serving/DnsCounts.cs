using ClusterLb.Node.Dns.Zones;

namespace ClusterLb.Node.Dns.Serving;

/// <summary>What the name server did since it started. Any thread.</summary>
internal sealed class DnsCounts
{
    private readonly long[] _outcomes = new long[Enum.GetValues<Outcome>().Length];
    private long _malformed;
    private long _cut;
    private long _dropped;
    private int _connections;

    /// <summary>No queries, so nothing was answered.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Beyond the rate of their network, and told to ask by TCP.</summary>
    public long Cut => Interlocked.Read(ref _cut);

    /// <summary>Beyond the rate of their network, and not answered.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Open now, over TCP.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public long Of(Outcome outcome) => Interlocked.Read(ref _outcomes[(int)outcome]);

    public void Add(Outcome outcome) => Interlocked.Increment(ref _outcomes[(int)outcome]);

    public void AddMalformed() => Interlocked.Increment(ref _malformed);

    public void AddCut() => Interlocked.Increment(ref _cut);

    public void AddDropped() => Interlocked.Increment(ref _dropped);

    public void Connect() => Interlocked.Increment(ref _connections);

    public void Disconnect() => Interlocked.Decrement(ref _connections);
}
