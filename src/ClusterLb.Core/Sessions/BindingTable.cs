namespace ClusterLb.Core.Sessions;

/// <summary>
/// What a node knows of sessions, bounded: 64 shards of sets of 8, in flat memory that no collector walks. Readers never wait, they read
/// again when a writer was at work; event loops only read, and mark what they use. When a set is full, what has expired goes first, then
/// what was seen only once, the oldest first; what is used again is kept, so that values that somebody invents displace each other (as the
/// probation of 2Q: Johnson, Shasha 1994).
/// </summary>
public sealed class BindingTable
{
    private const int Shards = 64;

    private readonly BindingShard[] _shards;

    /// <param name="capacity">
    /// Bindings to hold, 1,000 to 100,000,000; there is room for twice as many, rounded up to a power of two, at 25 bytes each, so that
    /// about one in a hundred has to go when it is reached (1 in 100,000 at half of it). Memory is taken as it fills.
    /// </param>
    public BindingTable(int capacity) =>
        _shards = [.. Enumerable.Range(0, Shards).Select(_ => new BindingShard((capacity + Shards - 1) / Shards, Departures))];

    /// <summary>Of whom sessions have left.</summary>
    public SessionDepartures Departures { get; } = new();

    public int Count => _shards.Sum(shard => shard.Count);

    /// <summary>Bindings that went although they had not expired, because there was no room.</summary>
    public long Displaced => _shards.Sum(shard => shard.Displaced);

    /// <summary>Any thread; does not wait and allocates nothing. An expired binding is none.</summary>
    public bool TryGet(SessionKey session, uint nowSeconds, out Binding binding) => ShardOf(session).TryGet(session.Value, out binding)
        && !binding.IsExpired(nowSeconds);

    /// <summary>
    /// As <see cref="TryGet"/>, on the path of a request: a binding that is used in a later second than it was made is marked, once, and is
    /// kept longer than those that are not. An event loop's.
    /// </summary>
    /// <param name="nowSeconds">Unix.</param>
    /// <param name="ttlSeconds">How long a binding of its pool lives.</param>
    /// <param name="isFirstUse">It was marked just now: the others may want to hear of it.</param>
    public bool TryUse(SessionKey session, uint nowSeconds, uint ttlSeconds, out Binding binding, out bool isFirstUse) =>
        ShardOf(session).TryUse(session.Value, nowSeconds + ttlSeconds, out binding, out isFirstUse) && !binding.IsExpired(nowSeconds);

    /// <summary>
    /// Takes a binding over, unless a binding that overrules it is known; the same binding is renewed. Any thread but an event loop's.
    /// </summary>
    /// <returns>The binding that counts now.</returns>
    public Binding Put(in Binding binding, uint nowSeconds) => ShardOf(binding.Session).Put(binding, nowSeconds);

    /// <summary>Forgets what has expired; about 2 ms per 100,000. Any thread but an event loop's.</summary>
    /// <returns>How many.</returns>
    public int Sweep(uint nowSeconds) => _shards.Sum(shard => shard.Sweep(nowSeconds));

    /// <summary>A part of all bindings, each of them in exactly one part. What changes meanwhile may be seen or not.</summary>
    /// <param name="part">0 to <see cref="Parts"/> - 1.</param>
    public IReadOnlyList<Binding> Read(int part) => _shards[part].Read();

    /// <summary>As <see cref="Read"/>, without what nobody but this node is to know.</summary>
    public IReadOnlyList<Binding> ReadTold(int part) => [.. _shards[part].Read().Where(binding => !binding.IsLocal)];

    /// <summary>How many live bindings each backend has, by its key; about 5 ms for a million.</summary>
    public IReadOnlyDictionary<ulong, int> CountByBackend(uint nowSeconds)
    {
        var counts = new Dictionary<ulong, int>();
        foreach (var shard in _shards) shard.CountByBackend(counts, nowSeconds);
        return counts;
    }

    public static int Parts => Shards;

    private BindingShard ShardOf(SessionKey session) => _shards[session.Value >> 58];
}
