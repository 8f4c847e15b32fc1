using System.Collections.Immutable;
using System.Text;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;

namespace ClusterLb.ControlPlane.Discovery;

/// <summary>Cuts a word into what fits a frame, and says what parts are together: pure.</summary>
internal static class FoundParts
{
    /// <summary>Of one part, about: a quarter of a frame, which holds 1 MiB.</summary>
    private const int MostBytes = 256 << 10;

    public static IReadOnlyList<FoundPart> Split(FoundWord word)
    {
        var entries = word.Sets.SelectMany(set => Runs(set.Value, SizeOf).DefaultIfEmpty([])
            .Select(backends => new FoundEntry(set.Key.Pool, set.Key.Source, backends.ToEquatableList())));
        var parts = Runs(entries, SizeOf).DefaultIfEmpty([]).ToList();
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

    /// <summary>Items in their order, as many together as fit in a part; one that does not is alone.</summary>
    private static IEnumerable<List<T>> Runs<T>(IEnumerable<T> items, Func<T, int> sizeOf)
    {
        var (run, bytes) = (new List<T>(), 0);
        foreach (var item in items)
        {
            var size = sizeOf(item);
            if (run.Count > 0 && bytes + size > MostBytes)
            {
                yield return run;
                (run, bytes) = ([], 0);
            }

            run.Add(item);
            bytes += size;
        }

        if (run.Count > 0) yield return run;
    }

    // Each with its numbers, and a length and a tag for every field.
    private static int SizeOf(FoundBackend backend) => 40 + backend.Target.Length + (backend.Addresses.Count * 18);

    private static int SizeOf(FoundEntry entry) =>
        20 + Encoding.UTF8.GetByteCount(entry.Pool) + Encoding.UTF8.GetByteCount(entry.Source) + entry.Backends.Sum(SizeOf);
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
