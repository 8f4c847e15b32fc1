using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.ControlPlane.Health;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.ControlPlane.Sessions;
using ClusterLb.Core.Backends;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Pools;
using ClusterLb.Core.Sessions;

namespace ClusterLb.ControlPlane.Hosting;

/// <summary>
/// What a node must know to balance as the others do, for a process that takes its place: what operators want and how far it is, verdicts,
/// which backends were found, the keys of our cookie, sessions. To be told it again changes only what is newer.
/// </summary>
/// <param name="memory">Of this process. While it takes, no ActorSystem runs.</param>
/// <param name="node">What is read and changed of the process around it.</param>
/// <param name="discovery">Goes by what the process before it has found, until its own cluster says more.</param>
public sealed class NodeKnowledge(NodeMemory memory, ILocalNode node, BackendDiscovery discovery)
{
    private readonly SnapshotAssembler _verdicts = new();
    private readonly FoundAssembler _found = new();

    /// <summary>Any thread. What changes meanwhile is in it or not.</summary>
    public IEnumerable<KnowledgePart> Read()
    {
        if (memory.Config.Sticky.Keys.Count == 0 && memory.Sessions.CookieKeys.Current.Signing is not null)
            yield return Part(new CookieKeysTold(memory.Sessions.CookieKeys.Current.Secrets.ToEquatableList()));
        foreach (var some in memory.Admin.Intents.Values.Chunk(AdminStateTold.Most))
            yield return Part(new AdminStateTold(some.ToEquatableList()));
        foreach (var part in FoundParts.Split(discovery.Latest with { Sets = discovery.Sets })) yield return Part(part);
        // How far its drains are, and which backends it alone cannot reach.
        yield return Part(memory.OwnReport(node).Read());
        foreach (var part in SnapshotParts.Split(memory.Health.LastSnapshot, memory.Clock.NowMilliseconds)) yield return Part(part);
        for (var part = 0; part < BindingTable.Parts; part++)
        {
            foreach (var some in memory.Sessions.Bindings.Read(part).Chunk(BindingBatch.Most))
                yield return Part(new BindingBatch(part, some.ToEquatableList()));
        }
    }

    /// <summary>Remembers it; it counts with <see cref="Apply()"/>. What is not understood is left out.</summary>
    public void Take(KnowledgePart part)
    {
        switch (ClusterSerializer.Find(part.Manifest)?.Read(part.Bytes))
        {
            case CookieKeysTold keys when memory.Config.Sticky.Keys.Count == 0:
                var known = memory.Sessions.CookieKeys.Current.Secrets;
                memory.Sessions.CookieKeys.Publish(CookieKeys.OfSecrets(keys.Secrets.Concat(known)));
                break;
            case AdminStateTold told:
                foreach (var intent in told.Intents) Take(intent);
                break;
            case FoundPart found:
                if (_found.Add(found) is { } word) discovery.Hear(word, isOwn: false);
                break;
            case NodeReport report:
                foreach (var drain in report.Drains) memory.Admin.Drains[drain.Backend] = drain;
                foreach (var one in report.Unreachable.Where(one => memory.Tables.Current.FindBackend(one.Backend) is not null))
                    memory.Health.Unreachable[one.Backend] = one.Reason;
                break;
            case HealthSnapshotPart verdicts:
                var whole = _verdicts.Add(verdicts, memory.Clock.NowMilliseconds);
                if (whole?.IsNewerThan(memory.Health.LastSnapshot) == true) memory.Health.LastSnapshot = whole;
                break;
            case BindingBatch batch:
                foreach (ref readonly var binding in batch.Bindings.AsSpan())
                    memory.Sessions.Bindings.Put(binding, memory.Clock.UtcSeconds);
                break;
        }
    }

    /// <summary>All that was taken counts, and the node needs to ask nobody before it serves.</summary>
    public void Apply()
    {
        foreach (var pool in memory.Tables.Current.Pools)
        {
            foreach (var backend in pool.Members) Apply(pool, backend);
        }

        if (memory.Admin.Intents.TryGetValue(AdminIntent.OfNode(memory.Members.Node), out var own) && own.State == AdminState.Draining)
            node.Drain();
        memory.PublishKeys();
        (memory.Admin.IsKnown, memory.Sessions.IsKnown, memory.Health.HasHeardMonitor) = (true, true, true);
    }

    /// <summary>
    /// What a process that is the node no more has to say still, until it ends: what it has in flight, and which sessions its last requests
    /// bound. Once; its control plane has ended.
    /// </summary>
    public IEnumerable<KnowledgePart> ReadLast()
    {
        yield return Part(memory.OwnReport(node).Read());
        var notes = new List<BindingNote>();
        memory.Sessions.Notes.Take(notes);
        foreach (var some in notes.Chunk(BindingBatch.Most))
            yield return Part(new BindingBatch(0, some.Select(note => note.Binding).ToEquatableList()));
    }

    /// <summary>Takes that over as this node's own: the other nodes and the store hear of it as of what was bound here.</summary>
    public void TakeLast(KnowledgePart part)
    {
        switch (ClusterSerializer.Find(part.Manifest)?.Read(part.Bytes))
        {
            case NodeReport report:
                memory.Former.Says(report.Gauges);
                break;
            case BindingBatch batch:
                foreach (ref readonly var binding in batch.Bindings.AsSpan())
                {
                    memory.Sessions.Bindings.Put(binding, memory.Clock.UtcSeconds);
                    memory.Sessions.Notes.Add(new BindingNote(binding, IsStored: false));
                }

                break;
        }
    }

    /// <summary>The other process has ended.</summary>
    public void EndLast() => memory.Former.Says([]);

    private void Take(AdminIntent intent)
    {
        if (AdminIntents.Overrules(intent, memory.Admin.Intents.GetValueOrDefault(intent.Backend))) memory.Admin.Keep(intent);
    }

    private void Apply(Pool pool, Backend backend)
    {
        var now = memory.Clock.NowMilliseconds;
        if (memory.Health.LastSnapshot.Verdicts.TryGetValue(backend.Id, out var verdict) && verdict.IsOf(backend))
            pool.SetActive(backend, verdict.State.Health, verdict.Reason, now, verdict.BackSince);
        if (memory.Health.Unreachable.TryGetValue(backend.Id, out var why)) pool.SetLocalPath(backend, reachable: false, why, now);
        if (!memory.Admin.Intents.TryGetValue(backend.Id, out var intent)) return;
        var isDrained = intent.State == AdminState.Draining && memory.Admin.Drains.GetValueOrDefault(backend.Id) is { IsDone: true };
        var reason = $"an operator said so through {intent.Node}";
        pool.SetWeight(backend, intent.Weight, reason, now, Monotonic(intent.SaidAtUtcMilliseconds, now));
        pool.SetAdmin(backend, isDrained ? AdminState.Drained : intent.State, reason, now, Monotonic(intent.SinceUtcMilliseconds, now));
    }

    private long Monotonic(long utcMilliseconds, long now) => now - Math.Max(0, memory.Clock.UtcMilliseconds - utcMilliseconds);

    private static KnowledgePart Part(IClusterMessage message)
    {
        var codec = ClusterSerializer.CodecOf(message);
        return new KnowledgePart(codec.Manifest, codec.Write(message));
    }
}
