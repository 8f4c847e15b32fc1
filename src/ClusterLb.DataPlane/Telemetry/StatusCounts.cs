namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// Responses by exact status code. A backend answers with a handful of codes, so a short list beats a table of 500 cells each.
/// </summary>
internal sealed class StatusCounts
{
    /// <summary>Stands for all codes past so many: a backend may make up a thousand.</summary>
    public const int Others = 0;

    private const int MostCodes = 64;

    // Replaced whole when a new code appears, so that a reader on another thread always sees codes and counts that belong together.
    private volatile Cell[] _cells = [];

    public void Add(int status)
    {
        foreach (var cell in _cells)
        {
            if (cell.Status != status) continue;
            cell.Count++;
            return;
        }

        if (_cells.Length < MostCodes || status == Others) _cells = [.. _cells, new Cell(status) { Count = 1 }];
        else Add(Others);
    }

    /// <summary>Any thread.</summary>
    public void AddTo(SortedDictionary<int, long> sums)
    {
        foreach (var cell in _cells) sums[cell.Status] = sums.GetValueOrDefault(cell.Status) + Volatile.Read(ref cell.Count);
    }

    private sealed class Cell(int status)
    {
        public readonly int Status = status;
        public long Count;
    }
}
