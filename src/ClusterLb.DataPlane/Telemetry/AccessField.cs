namespace ClusterLb.DataPlane.Telemetry;

/// <summary>One field of the access log.</summary>
/// <param name="key">In JSON, and before its value in text.</param>
/// <param name="write">Says what it is of one entry, by one call at the line.</param>
internal sealed class AccessField(byte[] key, AccessField.Writer write)
{
    internal delegate void Writer(in AccessEntry entry, FieldLine line);

    public byte[] Key { get; } = key;

    /// <summary>The key with what is before and behind it in JSON.</summary>
    public byte[] JsonKey { get; } = [.. ",\""u8, .. key, .. "\":"u8];

    public Writer Write { get; } = write;

    /// <summary>In text it stands without its name.</summary>
    public bool IsBare { get; init; }

    /// <summary>It is read of the request's head.</summary>
    public bool ReadsHead { get; init; }
}
