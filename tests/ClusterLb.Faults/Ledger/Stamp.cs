using System.Globalization;

namespace ClusterLb.Faults.Ledger;

/// <summary>What a backend writes on every answer: who it is, which of its receipts it is, and for which request.</summary>
/// <param name="Backend">Its name.</param>
/// <param name="Process">Of the backend; another one after a restart.</param>
/// <param name="Serial">Counts the receipts of that process, from 1.</param>
/// <param name="Id">Of the request, as it was received.</param>
internal readonly record struct Stamp(string Backend, int Process, int Serial, string Id)
{
    /// <summary>One letter that everything after the first line of an answer consists of, so that a mixture of two answers shows.</summary>
    public static byte LetterOf(ReadOnlySpan<char> id)
    {
        var sum = 0;
        foreach (var letter in id) sum = (sum * 31) + letter;
        return (byte)('a' + ((sum & int.MaxValue) % 26));
    }

    /// <param name="line">The first of an answer; null is returned when it is no stamp.</param>
    public static Stamp? Parse(string line) =>
        line.Split(' ') is [var backend, var process, var serial, var id]
        && int.TryParse(process, CultureInfo.InvariantCulture, out var pid)
        && int.TryParse(serial, CultureInfo.InvariantCulture, out var number)
            ? new Stamp(backend, pid, number, id)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Backend} {Process} {Serial} {Id}");
}
