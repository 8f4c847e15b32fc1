namespace ClusterLb.DataPlane.Http.Wire;

/// <summary>Writes a head into a span; once something does not fit, nothing more is written and <see cref="Overflowed"/> says so.</summary>
internal ref struct HeadBuffer(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }

    public bool Overflowed { get; private set; }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (Overflowed || !bytes.TryCopyTo(_destination[Length..]))
        {
            Overflowed = true;
            return;
        }

        Length += bytes.Length;
    }

    public void Append(long number)
    {
        if (Overflowed || !number.TryFormat(_destination[Length..], out var written))
        {
            Overflowed = true;
            return;
        }

        Length += written;
    }

    public void AppendField(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Append(name);
        Append(": "u8);
        Append(value);
        Append("\r\n"u8);
    }

    /// <summary>Copies a field as it stands when it stands right, else writes it anew.</summary>
    public void AppendField(scoped ReadOnlySpan<byte> source, in HeaderField field)
    {
        if (field.IsCanonical) Append(source[field.Name.Start..(field.Value.End + 2)]);
        else AppendField(field.Name.Of(source), field.Value.Of(source));
    }
}
