using Akka.Actor;
using Akka.Event;
using ClusterLb.Core.Sessions;
using ClusterLb.Core.Stores;

namespace ClusterLb.ControlPlane.Stores;

/// <summary>
/// Tells a store outside that has come back, and may have come back empty, of every session that the cluster knows. The oldest node does
/// it, whose table is as good as any: some of it every 20 ms, so that what happens meanwhile is not kept behind.
/// </summary>
internal sealed class StoredBindingsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(20);

    /// <summary>A turn writes parts until it has written so many: about 200,000 in a second, if the store keeps up.</summary>
    private const int MostInTurn = 4_000;

    /// <summary>Half of what a store lets wait before it drops the oldest: the other half is for what happens meanwhile.</summary>
    private const int MostWaiting = 50_000;

    private readonly BindingTable _bindings;
    private readonly IBindingStore _store;
    private readonly Func<bool> _isOldest;
    private int _part = BindingTable.Parts;

    /// <param name="isOldest">Whether this node is the cluster's oldest.</param>
    public StoredBindingsActor(BindingTable bindings, IBindingStore store, Func<bool> isOldest)
    {
        (_bindings, _store, _isOldest) = (bindings, store, isOldest);
        Receive<Turn>(_ => TakeTurn());
        Receive<StoreReturned>(_ => _part = 0);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<StoreReturned>(Self);
        // It may have come while nobody listened.
        if (_store.IsUp) _part = 0;
        Timers.StartPeriodicTimer(Turn.Instance, Turn.Instance, s_turn);
    }

    private void TakeTurn()
    {
        if (_part == BindingTable.Parts || !_isOldest() || _store.Waiting > MostWaiting) return;
        for (var written = 0; _part < BindingTable.Parts && written < MostInTurn; _part++)
        {
            foreach (var binding in _bindings.ReadTold(_part))
            {
                _store.Put(binding);
                written++;
            }
        }
    }

    private sealed class Turn : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Turn Instance = new();
    }
}
