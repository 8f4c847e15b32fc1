namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// Responses by exact status code. A backend answers with a handful of codes, so a short list beats a table of 500 cells each.
/// </summary>
internal sealed class StatusCounts
{
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

        _cells = [.. _cells, new Cell(status) { Count = 1 }];
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
