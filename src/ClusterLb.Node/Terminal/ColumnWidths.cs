namespace ClusterLb.Node.Terminal;

/// <summary>How wide the columns of a table are on a terminal that may be too narrow for them.</summary>
internal static class ColumnWidths
{
    /// <summary>Between two columns.</summary>
    public const int Gap = 2;

    /// <summary>What is cut keeps so much.</summary>
    private const int Least = 4;

    /// <summary>
    /// The last column, which explains, gives way first, down to a third of the terminal; then whichever is the widest, until all fit.
    /// </summary>
    /// <param name="wanted">Cells of the longest text of each column.</param>
    /// <param name="available">Cells of a line.</param>
    public static int[] Fit(IReadOnlyList<int> wanted, int available)
    {
        int[] widths = [.. wanted];
        var over = widths.Sum() + (Gap * (widths.Length - 1)) - available;
        if (over <= 0) return widths;
        var given = Math.Clamp(widths[^1] - (available / 3), 0, over);
        widths[^1] -= given;
        for (over -= given; over > 0; over--)
        {
            var widest = Array.IndexOf(widths, widths.Max());
            if (widths[widest] <= Least) break;
            widths[widest]--;
        }

        return widths;
    }
}
