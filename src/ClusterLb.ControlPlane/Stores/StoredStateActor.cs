using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Health;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Stores;

namespace ClusterLb.ControlPlane.Stores;

/// <summary>
/// Keeps in a store outside what the cluster is to know again after all of its nodes have stopped: what operators asked for, the monitor's
/// term, the ring. Every node reads it at its start and whenever the store comes back; the oldest writes it, whenever it differs from what
/// it wrote last.
/// </summary>
internal sealed class StoredStateActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    /// <summary>How long a node waits for the store before it is ready all the same.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly StoreMemory _memory;
    private readonly AdminMemory _wanted;
    private readonly HealthMemory _health;
    private readonly IDocumentStore _store;
    private readonly IActorRef _admin;
    private readonly Func<bool> _isOldest;
    private readonly byte[] _ring;
    private readonly Dictionary<string, byte[]> _written = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private int _returnsSeen = -1;
    private bool _hasRead;

    /// <param name="memory">This node's.</param>
    /// <param name="wanted">What operators want.</param>
    /// <param name="health">Where the term is.</param>
    /// <param name="pools">Of the ring.</param>
    /// <param name="store">Outside.</param>
    /// <param name="admin">Hears what was remembered.</param>
    /// <param name="isOldest">Whether this node is the cluster's oldest.</param>
    public StoredStateActor(StoreMemory memory, AdminMemory wanted, HealthMemory health, IReadOnlyList<PoolConfig> pools, IDocumentStore store, IActorRef admin, Func<bool> isOldest)
    {
        (_memory, _wanted, _health, _store, _admin, _isOldest, _ring) = (memory, wanted, health, store, admin, isOldest, StoredDocuments.OfRing(pools));
        Receive<Turn>(_ => TakeTurn());
        Receive<Loaded>(Take);
        Receive<Written>(Confirm);
        Receive<Enough>(_ => _memory.IsRead = true);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Turn.Instance, Turn.Instance, TimeSpan.Zero, s_turn);
        Timers.StartSingleTimer(Enough.Instance, Enough.Instance, s_patience);
    }

    private void TakeTurn()
    {
        var returns = _memory.Returns;
        if (returns != _returnsSeen || !_hasRead)
        {
            _returnsSeen = returns;
            _written.Clear();
            LoadAsync().PipeTo(Self);
        }

        // Nothing is written over what has not been read.
        if (!_hasRead || !_isOldest()) return;
        Write(StoredDocuments.Admin, StoredDocuments.OfIntents(_wanted.Intents.Values));
        Write(StoredDocuments.Term, StoredDocuments.OfTerm(Math.Max(_health.LastSnapshot.Term, _health.StoredTerm)));
        Write(StoredDocuments.Ring, _ring);
    }

    private async Task<Loaded> LoadAsync() => new(await _store.ReadAsync(StoredDocuments.Admin), await _store.ReadAsync(StoredDocuments.Term));

    private void Take(Loaded loaded)
    {
        if (loaded.Admin is null || loaded.Term is null) return;
        _hasRead = true;
        _health.StoredTerm = Math.Max(_health.StoredTerm, StoredDocuments.ToTerm(loaded.Term));
        _admin.Tell(new IntentsRemembered(StoredDocuments.ToIntents(loaded.Admin)));
        if (_memory.IsRead) return;
        _memory.IsRead = true;
        _log.Info("the store remembers what operators asked for of {0} backends", StoredDocuments.ToIntents(loaded.Admin).Count);
    }

    private void Write(string name, byte[] content)
    {
        if (_written.TryGetValue(name, out var before) && before.AsSpan().SequenceEqual(content)) return;
        _written[name] = content;
        WriteAsync(name, content).PipeTo(Self);
    }

    private async Task<Written> WriteAsync(string name, byte[] content) => new(name, content, await _store.WriteAsync(name, content));

    /// <summary>What may not have arrived is written again at the next turn.</summary>
    private void Confirm(Written written)
    {
        if (!written.IsConfirmed && _written.GetValueOrDefault(written.Name) == written.Content) _written.Remove(written.Name);
    }

    private sealed record Loaded(byte[]? Admin, byte[]? Term) : INoSerializationVerificationNeeded;

    private sealed record Written(string Name, byte[] Content, bool IsConfirmed) : INoSerializationVerificationNeeded;

    private sealed class Turn : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Turn Instance = new();
    }

    private sealed class Enough : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Enough Instance = new();
    }
}
