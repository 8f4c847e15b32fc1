using System.Numerics;
using System.Runtime.InteropServices;

namespace ClusterLb.Core.Sessions;

/// <summary>
/// One part of a <see cref="BindingTable"/>: an array of sets of 8 that doubles when one of them is full, until it has its capacity. A sequence lock (Lameter 2005; Boehm 2012): writers
/// take turns and make the sequence odd meanwhile; a reader that saw it change reads again.
/// </summary>
internal sealed class BindingShard(int capacity, SessionDepartures departures)
{
    private const int Ways = 8;

    // Random keys fill no set before an eighth of all slots is taken; chosen ones are not to make the table large.
    private const int LeastLoad = 8;

    // Sets fill unevenly: with half of all slots taken, hardly one of them overflows.
    private readonly int _mostSets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, (2L * capacity + Ways - 1) / Ways));
    private readonly Lock _writing = new();
    private volatile Slot[] _slots = new Slot[Ways];
    private int _sequence;
    private int _count;
    private long _displaced;

    public int Count => Volatile.Read(ref _count);

    public long Displaced => Interlocked.Read(ref _displaced);

    public bool TryGet(ulong session, out Binding binding)
    {
        var wait = default(SpinWait);
        while (true)
        {
            var before = Volatile.Read(ref _sequence);
            if ((before & 1) == 0)
            {
                var found = Find(SetOf(_slots, session), session) is var slot && slot.Session != 0;
                Thread.MemoryBarrier();
                if (before == Volatile.Read(ref _sequence))
                {
                    binding = found ? slot.ToBinding() : default;
                    return found;
                }
            }

            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    public Binding Put(in Binding binding, uint nowSeconds)
    {
        lock (_writing)
        {
            if (Known(binding, nowSeconds) is { } known) return known;
            if (binding.IsExpired(nowSeconds)) return binding;
            while (_count >= _slots.Length / LeastLoad && IsFull(binding.Session.Value) && Grow())
            {
            }

            var slots = _slots;
            var (start, _) = Place(slots, binding.Session.Value);
            var victim = start + Victim(slots.AsSpan(start, Ways), nowSeconds);
            if (slots[victim].Session == 0) _count++;
            else if (slots[victim].ExpiresAt > nowSeconds) Interlocked.Increment(ref _displaced);
            else Expire(slots[victim]);
            Write(ref slots[victim], new Slot(binding));
            return binding;
        }
    }

    public void Remove(ulong session)
    {
        lock (_writing)
        {
            var (start, at) = Place(_slots, session);
            if (at >= 0) Clear(ref _slots[start + at]);
        }
    }

    public int Sweep(uint nowSeconds)
    {
        lock (_writing)
        {
            var before = _count;
            foreach (ref var slot in _slots.AsSpan())
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
            foreach (ref readonly var slot in _slots.AsSpan())
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
            foreach (ref readonly var slot in _slots.AsSpan())
            {
                if (slot.Backend != 0 && slot.ExpiresAt > nowSeconds) CollectionsMarshal.GetValueRefOrAddDefault(counts, slot.Backend, out _)++;
            }
        }
    }

    /// <summary>What of this session is here already: overruled, renewed, or overruling.</summary>
    private Binding? Known(in Binding binding, uint nowSeconds)
    {
        var (start, at) = Place(_slots, binding.Session.Value);
        if (at < 0) return null;
        ref var slot = ref _slots[start + at];
        var held = slot.ToBinding();
        var isSame = held.Version == binding.Version && held.Backend == binding.Backend;
        var isOlder = isSame ? binding.ExpiresAt <= held.ExpiresAt : !held.IsExpired(nowSeconds) && held.Overrules(binding);
        if (isOlder || binding.IsExpired(nowSeconds)) return held;
        if (held.IsExpired(nowSeconds)) Expire(slot);
        else if (!held.IsEvicted && !binding.IsEvicted && held.Backend != binding.Backend) departures.Moved(held.Backend);
        Write(ref slot, new Slot(binding));
        return binding;
    }

    private void Expire(in Slot slot)
    {
        if (slot.Backend != 0) departures.Expired(slot.Backend);
    }

    private bool IsFull(ulong session) => !SetOf(_slots, session).Contains(default);

    /// <summary>False when it is as large as it may be.</summary>
    private bool Grow()
    {
        if (_slots.Length / Ways >= _mostSets) return false;
        var (old, larger) = (_slots, new Slot[_slots.Length * 2]);
        foreach (var slot in old)
        {
            if (slot.Session == 0) continue;
            var (start, _) = Place(larger, slot.Session);
            // A set splits into two: there is room in both.
            larger[start + larger.AsSpan(start, Ways).IndexOf(default(Slot))] = slot;
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

    private static int Victim(ReadOnlySpan<Slot> set, uint nowSeconds)
    {
        var victim = 0;
        for (var i = 0; i < Ways; i++)
        {
            if (set[i].Session == 0) return i;
            if (set[i].Worth(nowSeconds).CompareTo(set[victim].Worth(nowSeconds)) < 0) victim = i;
        }

        return victim;
    }

    private static Slot Find(ReadOnlySpan<Slot> set, ulong session)
    {
        foreach (ref readonly var slot in set)
        {
            if (slot.Session == session) return slot;
        }

        return default;
    }

    private static ReadOnlySpan<Slot> SetOf(Slot[] slots, ulong session) => slots.AsSpan(Start(slots, session), Ways);

    private static (int Start, int At) Place(Slot[] slots, ulong session)
    {
        var start = Start(slots, session);
        for (var i = 0; i < Ways; i++)
        {
            if (slots[start + i].Session == session) return (start, i);
        }

        return (start, -1);
    }

    /// <summary>Keys are hashes or random: their low bits are as good as any, and the highest have chosen the shard.</summary>
    private static int Start(Slot[] slots, ulong session) => (int)(session & (ulong)(slots.Length / Ways - 1)) * Ways;

    private readonly record struct Slot(ulong Session, ulong Backend, uint Version, uint ExpiresAt)
    {
        public Slot(in Binding binding) : this(binding.Session.Value, binding.Backend, binding.Version, binding.ExpiresAt)
        {
        }

        public Binding ToBinding() => new(new SessionKey(Session), Backend, Version, ExpiresAt);

        /// <summary>The least goes first.</summary>
        public (bool Lives, uint Version, uint ExpiresAt) Worth(uint nowSeconds) => (ExpiresAt > nowSeconds, Version, ExpiresAt);
    }
}
