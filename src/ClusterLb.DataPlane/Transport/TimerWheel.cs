using System.Numerics;

namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// A hashed timing wheel (Varghese, Lauck 1987): 1,024 slots of 16 ms. Timers further off than its horizon of 16 s are put into the last
/// slot and move on when it comes round. Owned by one loop.
/// </summary>
internal sealed class TimerWheel(long nowMilliseconds)
{
    public const int TickMilliseconds = 16;
    private const int SlotCount = 1024;
    private const int FiringSlot = SlotCount;

    private readonly LoopTimer?[] _slots = new LoopTimer?[SlotCount + 1];
    private readonly ulong[] _occupied = new ulong[SlotCount / 64];
    private long _tick = nowMilliseconds / TickMilliseconds;

    /// <summary>
    /// Makes the timer fire at the given time, unless it is to fire earlier anyway: a deadline that moves later costs nothing.
    /// </summary>
    public void EnsureBy(LoopTimer timer, long dueMilliseconds)
    {
        if (timer.Slot >= 0)
        {
            if (timer.DueMilliseconds <= dueMilliseconds) return;
            Cancel(timer);
        }

        Insert(timer, dueMilliseconds);
    }

    public void Cancel(LoopTimer timer)
    {
        if (timer.Slot < 0) return;
        if (timer.Previous is { } previous) previous.Next = timer.Next;
        else _slots[timer.Slot] = timer.Next;
        if (timer.Next is { } next) next.Previous = timer.Previous;
        if (_slots[timer.Slot] is null && timer.Slot != FiringSlot) _occupied[timer.Slot >> 6] &= ~(1UL << (timer.Slot & 63));
        timer.Previous = timer.Next = null;
        timer.Slot = -1;
    }

    /// <summary>Fires what is due. Timers may schedule and cancel any timer while firing.</summary>
    public void Advance(long nowMilliseconds)
    {
        var target = nowMilliseconds / TickMilliseconds;
        // After a long pause every slot is passed once; more rounds would find nothing new.
        if (target - _tick > SlotCount) _tick = target - SlotCount;
        while (_tick < target)
        {
            _tick++;
            var slot = (int)(_tick & (SlotCount - 1));
            if (_slots[slot] is not null) FireSlot(slot, nowMilliseconds);
        }
    }

    /// <summary>Milliseconds until the next occupied slot, or -1 when there is none.</summary>
    public int NextDelay(long nowMilliseconds)
    {
        var start = (int)((_tick + 1) & (SlotCount - 1));
        for (var i = 0; i <= _occupied.Length; i++)
        {
            var word = ((start >> 6) + i) & (_occupied.Length - 1);
            var bits = _occupied[word];
            if (i == 0) bits &= ulong.MaxValue << (start & 63);
            else if (i == _occupied.Length) bits &= ~(ulong.MaxValue << (start & 63));
            if (bits == 0) continue;
            var slot = (word << 6) + BitOperations.TrailingZeroCount(bits);
            var ticksAhead = ((slot - start) & (SlotCount - 1)) + 1;
            return (int)Math.Max(0, ((_tick + ticksAhead) * TickMilliseconds) - nowMilliseconds);
        }

        return -1;
    }

    private void Insert(LoopTimer timer, long dueMilliseconds)
    {
        timer.DueMilliseconds = dueMilliseconds;
        // Rounded up, so that nothing fires early.
        var ticks = ((dueMilliseconds + TickMilliseconds - 1) / TickMilliseconds) - _tick;
        var slot = (int)((_tick + Math.Clamp(ticks, 1, SlotCount - 1)) & (SlotCount - 1));
        Link(timer, slot);
        _occupied[slot >> 6] |= 1UL << (slot & 63);
    }

    private void Link(LoopTimer timer, int slot)
    {
        timer.Slot = slot;
        timer.Next = _slots[slot];
        if (timer.Next is { } next) next.Previous = timer;
        _slots[slot] = timer;
    }

    private void FireSlot(int slot, long nowMilliseconds)
    {
        // The whole slot moves to a list of its own first: a timer that schedules itself again must not be met twice in one pass,
        // and one that is cancelled by another's firing must still be found.
        while (_slots[slot] is { } waiting)
        {
            Cancel(waiting);
            Link(waiting, FiringSlot);
        }

        while (_slots[FiringSlot] is { } timer)
        {
            Cancel(timer);
            if (timer.DueMilliseconds > nowMilliseconds) Insert(timer, timer.DueMilliseconds);
            else timer.Fire(nowMilliseconds);
        }
    }
}
