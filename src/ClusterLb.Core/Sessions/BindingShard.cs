using System.Numerics;
using System.Runtime.InteropServices;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// One part of a <see cref="BindingTable"/>: an array of sets of 8 that doubles when one of them is full, until it has its capacity. A
/// sequence lock (Lameter 2005; Boehm 2012): writers take turns and make the sequence odd meanwhile; a reader that saw it change reads
/// again.
/// </summary>
internal sealed class BindingShard(int capacity, SessionDepartures departures)
{
    private const int Ways = 8;

    // Random keys fill no set before an eighth of all slots is taken; chosen ones are not to make the table large.
    private const int LeastLoad = 8;

    // Sets fill unevenly: with half of all slots taken, hardly one of them overflows.
    private readonly int _mostSets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, (2L * capacity + Ways - 1) / Ways));
    private readonly Lock _writing = new();
    private volatile Slots _slots = new(Ways);
    private int _sequence;
    private int _count;
    private long _displaced;

    public int Count => Volatile.Read(ref _count);

    public long Displaced => Interlocked.Read(ref _displaced);

    public bool TryGet(ulong session, out Binding binding) => TryFind(session, out binding, out _, out _);

    /// <summary>As <see cref="TryGet"/>, and marks what was made or renewed before this second.</summary>
    /// <param name="renewedNow">When a binding expires that is as young as can be.</param>
    /// <param name="isFirstUse">It was not marked.</param>
    public bool TryUse(ulong session, uint renewedNow, out Binding binding, out bool isFirstUse)
    {
        isFirstUse = false;
        if (!TryFind(session, out binding, out var slots, out var at)) return false;
        if (binding.ExpiresAt >= renewedNow || slots.Used[at]) return true;
        // Not part of what readers compare, and no lock: should a writer put another session here at this moment, that one counts as used
        // once too often.
        slots.Used[at] = isFirstUse = true;
        return true;
    }

    public Binding Put(in Binding binding, uint nowSeconds)
    {
        lock (_writing)
        {
            if (Known(binding, nowSeconds) is { } known) return known;
            if (binding.IsExpired(nowSeconds)) return binding;
            while (_count >= _slots.Items.Length / LeastLoad && IsFull(binding.Session.Value) && Grow())
            {
            }

            Enter(binding, nowSeconds);
            return binding;
        }
    }

    public int Sweep(uint nowSeconds)
    {
        lock (_writing)
        {
            var before = _count;
            foreach (ref var slot in _slots.Items.AsSpan())
            {
                if (slot.Session == 0 || slot.ExpiresAt > nowSeconds) continue;
                Expire(slot);
                Clear(ref slot);
            }

            return before - _count;
        }
    }

    public List<Binding> Read()
    {
        lock (_writing)
        {
            var all = new List<Binding>(_count);
            foreach (ref readonly var slot in _slots.Items.AsSpan())
            {
                if (slot.Session != 0) all.Add(slot.ToBinding());
            }

            return all;
        }
    }

    public void CountByBackend(Dictionary<ulong, int> counts, uint nowSeconds)
    {
        lock (_writing)
        {
            foreach (ref readonly var slot in _slots.Items.AsSpan())
            {
                if (slot.Backend != 0 && slot.ExpiresAt > nowSeconds)
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, slot.Backend, out _)++;
            }
        }
    }

    /// <summary>What of this session is here already: overruled, renewed, or overruling.</summary>
    private Binding? Known(in Binding binding, uint nowSeconds)
    {
        var at = Place(_slots.Items, binding.Session.Value);
        if (at < 0) return null;
        ref var slot = ref _slots.Items[at];
        var held = slot.ToBinding();
        var isSame = held.Version == binding.Version && held.Backend == binding.Backend;
        var isOlder = isSame ? binding.ExpiresAt <= held.ExpiresAt : !held.IsExpired(nowSeconds) && held.Overrules(binding);
        if (isOlder || binding.IsExpired(nowSeconds)) return held;
        // Whoever renews it has used it, on this node or on another; to be moved is not to be used.
        _slots.Used[at] = (isSame || _slots.Used[at]) && !held.IsExpired(nowSeconds);
        if (held.IsExpired(nowSeconds)) Expire(slot);
        else if (!held.IsEvicted && !binding.IsEvicted && held.Backend != binding.Backend) departures.Moved(held.Backend);
        Write(ref slot, new Slot(binding));
        return binding;
    }

    /// <summary>Where a slot is free, else where there is least to lose; what was told to nobody takes no place from what was.</summary>
    private void Enter(in Binding binding, uint nowSeconds)
    {
        var slots = _slots;
        var start = Start(slots.Items, binding.Session.Value);
        var at = start + Victim(slots, start, nowSeconds);
        ref var victim = ref slots.Items[at];
        if (victim.Session == 0) _count++;
        else if (victim.ExpiresAt <= nowSeconds) Expire(victim);
        else if (!MayDisplace(binding, slots, at)) return;
        slots.Used[at] = false;
        Write(ref victim, new Slot(binding));
    }

    private bool MayDisplace(in Binding binding, Slots slots, int at)
    {
        Interlocked.Increment(ref _displaced);
        if (binding.IsLocal && slots.Items[at].Version != 0) return false;
        // All that is left was used: who is not used again from now on goes next (not recently used, as one hand of a clock).
        if (slots.Used[at]) slots.Used.AsSpan(at / Ways * Ways, Ways).Clear();
        return true;
    }

    private void Expire(in Slot slot)
    {
        if (slot.Backend != 0) departures.Expired(slot.Backend);
    }

    private bool IsFull(ulong session) => !SetOf(_slots.Items, session).Contains(default);

    /// <summary>False when it is as large as it may be.</summary>
    private bool Grow()
    {
        var old = _slots;
        if (old.Items.Length / Ways >= _mostSets) return false;
        var larger = new Slots(old.Items.Length * 2);
        for (var i = 0; i < old.Items.Length; i++)
        {
            var slot = old.Items[i];
            if (slot.Session == 0) continue;
            var start = Start(larger.Items, slot.Session);
            // A set splits into two: there is room in both.
            var at = start + larger.Items.AsSpan(start, Ways).IndexOf(default(Slot));
            (larger.Items[at], larger.Used[at]) = (slot, old.Used[i]);
        }

        _slots = larger;
        return true;
    }

    private void Clear(ref Slot slot)
    {
        Write(ref slot, default);
        _count--;
    }

    private void Write(ref Slot slot, Slot value)
    {
        Volatile.Write(ref _sequence, _sequence + 1);
        Thread.MemoryBarrier();
        slot = value;
        Volatile.Write(ref _sequence, _sequence + 1);
    }

    private bool TryFind(ulong session, out Binding binding, out Slots slots, out int at)
    {
        var wait = default(SpinWait);
        while (true)
        {
            var before = Volatile.Read(ref _sequence);
            if ((before & 1) == 0)
            {
                slots = _slots;
                at = Place(slots.Items, session);
                binding = at >= 0 ? slots.Items[at].ToBinding() : default;
                Thread.MemoryBarrier();
                if (before == Volatile.Read(ref _sequence)) return at >= 0;
            }

            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private static int Victim(Slots slots, int start, uint nowSeconds)
    {
        var (victim, least) = (0, slots.Worth(start, nowSeconds));
        for (var i = 0; i < Ways; i++)
        {
            if (slots.Items[start + i].Session == 0) return i;
            if (slots.Worth(start + i, nowSeconds) is var worth && worth.CompareTo(least) < 0) (victim, least) = (i, worth);
        }

        return victim;
    }

    private static ReadOnlySpan<Slot> SetOf(Slot[] slots, ulong session) => slots.AsSpan(Start(slots, session), Ways);

    /// <summary>-1 when it is not there.</summary>
    private static int Place(Slot[] slots, ulong session)
    {
        var start = Start(slots, session);
        for (var i = start; i < start + Ways; i++)
        {
            if (slots[i].Session == session) return i;
        }

        return -1;
    }

    /// <summary>Keys are hashes or random: their low bits are as good as any, and the highest have chosen the shard.</summary>
    private static int Start(Slot[] slots, ulong session) => (int)(session & (ulong)(slots.Length / Ways - 1)) * Ways;

    private readonly record struct Slot(ulong Session, ulong Backend, uint Version, uint ExpiresAt)
    {
        public Slot(in Binding binding) : this(binding.Session.Value, binding.Backend, binding.Version, binding.ExpiresAt)
        {
        }

        public Binding ToBinding() => new(new SessionKey(Session), Backend, Version, ExpiresAt);
    }

    /// <summary>
    /// Replaced together when the table grows. Event loops write the marks, at most once for each binding and at any time; all else is
    /// written by who holds the lock.
    /// </summary>
    private sealed class Slots(int length)
    {
        public Slot[] Items { get; } = new Slot[length];

        /// <summary>Used again in a later second than it was made.</summary>
        public bool[] Used { get; } = new bool[length];

        /// <summary>The least goes first.</summary>
        public (bool Lives, bool IsUsed, bool IsTold, uint ExpiresAt) Worth(int at, uint nowSeconds)
        {
            ref readonly var slot = ref Items[at];
            return (slot.ExpiresAt > nowSeconds, Used[at], slot.Version != 0, slot.ExpiresAt);
        }
    }
}
