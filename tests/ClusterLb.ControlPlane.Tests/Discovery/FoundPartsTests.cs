using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using ClusterLb.ControlPlane.Discovery;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Discovery;
using CsCheck;

namespace ClusterLb.ControlPlane.Tests.Discovery;

public sealed class FoundPartsTests
{
    [Fact]
    public void Whatever_is_split_is_the_same_when_its_parts_are_together_in_whatever_order() =>
        Gen.Int[0, 3_000].Array[0, 6].Select(Gen.Int[0, 1_000]).Sample((sizes, seed) =>
        {
            var word = WordOf(sizes);
            var parts = FoundParts.Split(word).ToArray();
            Assert.All(parts, part => Assert.InRange(part.Entries.Sum(entry => entry.Backends.Count), 0, 1_000));
            new Random(seed).Shuffle(parts);
            var assembler = new FoundAssembler();
            FoundWord? whole = null;
            foreach (var part in parts)
            {
                Assert.Null(whole);
                whole = assembler.Add(part);
            }

            Assert.NotNull(whole);
            Assert.Equal(word.Version, whole.Version);
            Assert.Equal(Text(word), Text(whole));
        }, iter: 200);

    [Fact]
    public void Parts_of_an_older_word_are_dropped_and_a_newer_one_begins_anew()
    {
        var (old, next) = (FoundParts.Split(WordOf([1_500])), FoundParts.Split(WordOf([1_500]) with { Sequence = 8 }));
        var assembler = new FoundAssembler();
        Assert.Null(assembler.Add(old[0]));
        Assert.Null(assembler.Add(next[0]));
        Assert.Null(assembler.Add(old[1]));
        Assert.Equal(8, assembler.Add(next[1])?.Sequence);
    }

    [Fact]
    public void A_part_that_cannot_be_is_dropped()
    {
        var part = FoundParts.Split(WordOf([1]))[0];
        var assembler = new FoundAssembler();
        Assert.Null(assembler.Add(part with { Part = 1 }));
        Assert.Null(assembler.Add(part with { Parts = 0 }));
        Assert.Null(assembler.Add(part with { Part = -1 }));
    }

    [Fact]
    public void A_term_that_follows_is_above_whoever_had_the_one_before()
    {
        Gen.Select(Gen.Int[0, 65_535], Gen.Int[0, 65_535]).Sample((one, other) =>
        {
            var term = FoundWord.TermAfter(0, (ushort)one);
            return FoundWord.TermAfter(term, (ushort)other) > term;
        });
    }

    private static FoundWord WordOf(int[] sizes) => new(3, 7, sizes.Select((size, i) => KeyValuePair.Create(
        new SourceKey("app", string.Create(CultureInfo.InvariantCulture, $"dns:n{i}:80")),
        Enumerable.Range(0, size).Select(n => FoundBackend.At(new IPEndPoint(n + 1, 80))).ToEquatableList()))
        .ToImmutableDictionary());

    private static string Text(FoundWord word) => string.Join('\n', word.Sets.OrderBy(set => set.Key.Source, StringComparer.Ordinal)
        .Select(set => $"{set.Key} {string.Join(' ', set.Value.Select(backend => backend.Name).Order(StringComparer.Ordinal))}"));
}
