namespace ClusterLb.Node.Terminal;

/// <summary>Which columns a table shows on a terminal that is too narrow for all of them.</summary>
internal static class ColumnChoice
{
    /// <summary>
    /// Columns go as wholes, the one of least worth first, until the others can be read: the last one, which explains, has half of the
    /// terminal where it wants so much, and every other a third.
    /// </summary>
    /// <param name="columns">Cells of the longest text of each column, and what it is worth.</param>
    /// <param name="available">Cells of a line.</param>
    /// <returns>Their numbers, in order.</returns>
    public static int[] Of(IReadOnlyList<(int Wanted, int Worth)> columns, int available)
    {
        List<int> shown = [.. Enumerable.Range(0, columns.Count)];
        while (Needed(shown, columns, available) > available)
        {
            var least = shown.MinBy(i => columns[i].Worth);
            if (columns[least].Worth == TextColumn.Stays) break;
            shown.Remove(least);
        }

        return [.. shown];
    }

    private static int Needed(List<int> shown, IReadOnlyList<(int Wanted, int Worth)> columns, int available) =>
        shown.SkipLast(1).Sum(i => Math.Min(columns[i].Wanted, available / 3)) + Math.Min(columns[shown[^1]].Wanted, available / 2)
        + (ColumnWidths.Gap * (shown.Count - 1));
}
