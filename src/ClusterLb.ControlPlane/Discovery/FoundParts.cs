using System.Collections.Immutable;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.ControlPlane.Discovery;

/// <summary>Cuts a word into what fits a frame, and says what parts are together: pure.</summary>
internal static class FoundParts
{
    /// <summary>Of one part: about 50 bytes each, 300 with the longest of names, within a frame of 1 MiB.</summary>
    private const int MostBackends = 1_000;

    public static IReadOnlyList<FoundPart> Split(FoundWord word)
    {
        var entries = word.Sets.SelectMany(set => set.Value.Chunk(MostBackends).DefaultIfEmpty([])
            .Select(backends => new FoundEntry(set.Key.Pool, set.Key.Source, backends.ToEquatableList())));
        var parts = new List<List<FoundEntry>> { new() };
        var count = 0;
        foreach (var entry in entries)
        {
            // An entry without a backend has a size, too.
            count += entry.Backends.Count + 1;
            if (count > MostBackends + 1 && parts[^1].Count > 0)
            {
                parts.Add([]);
                count = entry.Backends.Count + 1;
            }

            parts[^1].Add(entry);
        }

        return [.. parts.Select((part, i) => new FoundPart(word.Term, word.Sequence, i, parts.Count, part.ToEquatableList()))];
    }

    /// <param name="parts">All of one version.</param>
    public static FoundWord Join(IReadOnlyCollection<FoundPart> parts)
    {
        var sets = parts.OrderBy(part => part.Part).SelectMany(part => part.Entries)
            .GroupBy(entry => new SourceKey(entry.Pool, entry.Source))
            .ToImmutableDictionary(
                source => source.Key, source => source.SelectMany(entry => entry.Backends).ToEquatableList<FoundBackend>());
        return new FoundWord(parts.First().Term, parts.First().Sequence, sets);
    }
}

/// <summary>Puts the parts of words together. Parts of an older one than it is at are dropped. Not thread-safe.</summary>
internal sealed class FoundAssembler
{
    private readonly Dictionary<int, FoundPart> _parts = [];

    /// <returns>The word when this part made it whole.</returns>
    public FoundWord? Add(FoundPart part)
    {
        if (part.Parts <= 0 || part.Part < 0 || part.Part >= part.Parts) return null;
        if (_parts.Values.FirstOrDefault() is { } at && (at.Term, at.Sequence, at.Parts) != (part.Term, part.Sequence, part.Parts))
        {
            if ((at.Term, at.Sequence).CompareTo((part.Term, part.Sequence)) > 0) return null;
            _parts.Clear();
        }

        _parts[part.Part] = part;
        if (_parts.Count < part.Parts) return null;
        var word = FoundParts.Join(_parts.Values);
        _parts.Clear();
        return word;
    }
}
