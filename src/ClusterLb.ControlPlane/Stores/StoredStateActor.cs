using Akka.Actor;
using Akka.Event;
using ClusterLb.Core.Stores;

namespace ClusterLb.ControlPlane.Stores;

/// <summary>
/// Keeps in a store outside what the cluster is to know again after all of its nodes have stopped. Every node reads it at its start and
/// whenever the store comes back; the oldest writes it, whenever what is kept is not what is to be kept.
/// </summary>
internal sealed class StoredStateActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    /// <summary>How long a node waits for the store before it is ready all the same.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly StoreMemory _memory;
    private readonly IDocumentStore _store;
    private readonly IReadOnlyList<StoredDocument> _documents;
    private readonly Func<bool> _isOldest;
    private readonly HashSet<string> _underWay = [];
    private readonly HashSet<string> _written = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>What the store has, by name; null = not known since it came back.</summary>
    private Dictionary<string, byte[]>? _kept;

    /// <param name="documents">What it keeps.</param>
    /// <param name="isOldest">Whether this node is the cluster's oldest.</param>
    public StoredStateActor(StoreMemory memory, IDocumentStore store, IReadOnlyList<StoredDocument> documents, Func<bool> isOldest)
    {
        (_memory, _store, _documents, _isOldest) = (memory, store, documents, isOldest);
        Receive<Turn>(_ => TakeTurn());
        Receive<Loaded>(Take);
        Receive<Written>(Confirm);
        Receive<Enough>(_ => _memory.IsRead = true);
        Receive<StoreReturned>(_ =>
        {
            _kept = null;
            TakeTurn();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<StoreReturned>(Self);
        Timers.StartPeriodicTimer(Turn.Instance, Turn.Instance, TimeSpan.Zero, s_turn);
        Timers.StartSingleTimer(Enough.Instance, Enough.Instance, s_patience);
    }

    /// <summary>Nothing is written over what has not been read.</summary>
    private void TakeTurn()
    {
        if (_kept is null) LoadAsync().PipeTo(Self);
        else if (_isOldest()) Write(_kept);
    }

    private async Task<Loaded> LoadAsync()
    {
        var contents = new Dictionary<string, byte[]>();
        foreach (var document in _documents)
        {
            if (await _store.ReadAsync(document.Name) is not { } content) return new Loaded(null);
            contents[document.Name] = content;
        }

        return new Loaded(contents);
    }

    private void Take(Loaded loaded)
    {
        if (loaded.Contents is not { } contents) return;
        _kept = contents;
        _written.Clear();
        foreach (var document in _documents) document.Read(contents[document.Name]);
        if (!_memory.IsRead) _log.Info("what the store remembers has been read");
        _memory.IsRead = true;
    }

    private void Write(Dictionary<string, byte[]> kept)
    {
        foreach (var document in _documents)
        {
            var (name, before) = (document.Name, kept[document.Name]);
            if (document.Merge(before) is not { } content) continue;
            // One that is empty is written too, once, so that whoever looks sees that it was.
            var isThere = before.Length > 0 || _written.Contains(name);
            if ((isThere && content.AsSpan().SequenceEqual(before)) || !_underWay.Add(name)) continue;
            WriteAsync(name, content).PipeTo(Self);
        }
    }

    private async Task<Written> WriteAsync(string name, byte[] content) => new(name, content, await _store.WriteAsync(name, content));

    /// <summary>What may not have arrived is written again at the next turn.</summary>
    private void Confirm(Written written)
    {
        _underWay.Remove(written.Name);
        if (!written.IsConfirmed || _kept is null) return;
        _kept[written.Name] = written.Content;
        _written.Add(written.Name);
    }

    /// <param name="Contents">By name; null = the store is away.</param>
    private sealed record Loaded(Dictionary<string, byte[]>? Contents) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Written(
        string Name, byte[] Content, bool IsConfirmed) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class Turn : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Turn Instance = new();
    }

    private sealed class Enough : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Enough Instance = new();
    }
}
