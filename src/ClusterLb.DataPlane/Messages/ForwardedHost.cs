namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The host that a client asked for, as proxies say it and as we send it on: without a dot at its end and without a colon that no port
/// follows.
/// </summary>
internal readonly ref struct ForwardedHost
{
    /// <param name="name">Valid.</param>
    /// <param name="port">With its colon.</param>
    public ForwardedHost(ReadOnlySpan<byte> name, ReadOnlySpan<byte> port = default)
    {
        Name = name;
        Port = port;
    }

    public bool IsEmpty => Name.IsEmpty;

    public ReadOnlySpan<byte> Name { get; }

    /// <summary>With its colon; often none.</summary>
    public ReadOnlySpan<byte> Port { get; }

    /// <summary>Nothing of what is no host.</summary>
    public static ForwardedHost Read(ReadOnlySpan<byte> text) =>
        Authority.TryParse(text, new Slice(0, text.Length), out var authority)
            ? new ForwardedHost(authority.Host.Of(text), authority.PortText.Of(text))
            : default;

    public bool IsSame(ForwardedHost other) => Grammar.EqualsIgnoreCase(Name, other.Name) && Port.SequenceEqual(other.Port);
}
