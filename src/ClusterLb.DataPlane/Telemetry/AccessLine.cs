using System.Buffers;

namespace ClusterLb.DataPlane.Telemetry;

/// <summary>
/// Puts the lines of an access log together, in one form. What clients wrote is escaped and cut, so that a line fits into a block whatever
/// they send. One per loop; allocates nothing once its buffers have grown.
/// </summary>
internal abstract class AccessLine
{
    private readonly ArrayBufferWriter<byte> _line = new(1024);

    protected IBufferWriter<byte> Line => _line;

    /// <summary>The head of a request must be kept until it is logged.</summary>
    public abstract bool ReadsHead { get; }

    /// <returns>The line without its line feed, until the next one.</returns>
    public ReadOnlySpan<byte> Of(in AccessEntry entry)
    {
        _line.ResetWrittenCount();
        Write(entry);
        return _line.WrittenSpan;
    }

    protected abstract void Write(in AccessEntry entry);

    protected void WriteNumber(long value)
    {
        var digits = _line.GetSpan(20);
        value.TryFormat(digits, out var written);
        _line.Advance(written);
    }
}
