namespace ClusterLb.Node.Terminal;

/// <param name="Header">One word, or few.</param>
/// <param name="Worth">1 or more. Where a terminal is too narrow, the column with the least gives way first.</param>
internal readonly record struct TextColumn(string Header, int Worth = TextColumn.Stays)
{
    /// <summary>Of a column without which a row says nothing.</summary>
    public const int Stays = int.MaxValue;

    public static implicit operator TextColumn(string header) => new(header);
}
