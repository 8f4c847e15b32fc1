namespace ClusterLb.Node.Terminal;

/// <summary>A line of a full screen: pieces right behind each other, each in its own style.</summary>
internal sealed class ScreenLine(params IReadOnlyList<Cell> pieces)
{
    public static ScreenLine Empty { get; } = new();

    public IReadOnlyList<Cell> Pieces { get; } = pieces;

    public string Text { get; } = string.Concat(pieces.Select(piece => piece.Text));
}
