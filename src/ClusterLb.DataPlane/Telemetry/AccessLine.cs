namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// Puts the lines of an access log together, in one form. What clients wrote is escaped and cut, so that a line fits into a block whatever
/// they send. One per loop; allocates nothing once its buffers have grown.
/// </summary>
internal abstract class AccessLine
{
    /// <summary>What is written of the line so far.</summary>
    protected LineBuffer Line { get; } = new(1024);

    /// <summary>The head of a request must be kept until it is logged.</summary>
    public abstract bool ReadsHead { get; }

    /// <returns>The line without its line feed, until the next one.</returns>
    public ReadOnlySpan<byte> Of(in AccessEntry entry)
    {
        Line.Clear();
        Write(entry);
        return Line.Written;
    }

    protected abstract void Write(in AccessEntry entry);
}
