using System.Collections.Immutable;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Health;

namespace ClusterLb.ControlPlane.Health;

/// <summary>Cuts a snapshot into what fits a frame and puts it together again, turning times into ages and back.</summary>
internal static class SnapshotParts
{
    private const int EntriesPerPart = 1_000;

    /// <param name="snapshot">Whole.</param>
    /// <param name="now">Monotonic milliseconds of this node.</param>
    public static IReadOnlyList<HealthSnapshotPart> Split(HealthSnapshot snapshot, long now)
    {
        var chunks = snapshot.Verdicts.Select(verdict => ToEntry(verdict.Key, verdict.Value, now)).Chunk(EntriesPerPart).ToList();
        if (chunks.Count == 0) chunks.Add([]);
        return [.. chunks.Select((entries, i) => new HealthSnapshotPart(snapshot.Term, snapshot.Sequence, i, chunks.Count,
            entries.ToEquatableList()))];
    }

    public static IEnumerable<KeyValuePair<string, BackendVerdict>> Verdicts(HealthSnapshotPart part, long now) =>
        part.Entries.Select(entry => KeyValuePair.Create(entry.Backend, ToVerdict(entry, now)));

    private static VerdictEntry ToEntry(string backend, BackendVerdict verdict, long now)
    {
        long? backFor = verdict.BackSince is { } since ? Math.Max(0, now - since) : null;
        var state = verdict.State;
        var entry = new VerdictEntry(backend, state.Health, state.Count, now - state.Since, backFor, verdict.Reason);
        return entry with { Address = verdict.Address };
    }

    private static BackendVerdict ToVerdict(VerdictEntry entry, long now)
    {
        var state = new CheckState(entry.Health, entry.Count, now - entry.CheckedFor);
        return new BackendVerdict(state, now - entry.BackFor, entry.Reason) { Address = entry.Address };
    }
}

/// <summary>Puts the parts of one sender's snapshots together. Parts of an older one than it is at are dropped. Not thread-safe.</summary>
internal sealed class SnapshotAssembler
{
    private readonly Dictionary<int, HealthSnapshotPart> _parts = [];

    /// <returns>The snapshot when this part made it whole.</returns>
    public HealthSnapshot? Add(HealthSnapshotPart part, long now)
    {
        if (part.Parts <= 0 || part.Part < 0 || part.Part >= part.Parts) return null;
        if (_parts.Values.FirstOrDefault() is { } at && (at.Term, at.Sequence, at.Parts) != (part.Term, part.Sequence, part.Parts))
        {
            if ((at.Term, at.Sequence).CompareTo((part.Term, part.Sequence)) > 0) return null;
            _parts.Clear();
        }

        _parts[part.Part] = part;
        if (_parts.Count < part.Parts) return null;
        var verdicts = _parts.Values.SelectMany(one => SnapshotParts.Verdicts(one, now)).ToImmutableDictionary();
        _parts.Clear();
        return new HealthSnapshot(part.Term, part.Sequence, verdicts);
    }
}
