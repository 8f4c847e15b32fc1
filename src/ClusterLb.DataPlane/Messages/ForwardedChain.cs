namespace ClusterLb.DataPlane.Messages;

/// <summary>
/// The way a request came, as trusted proxies say, decided once from both families. <c>X-Forwarded-*</c> counts, because most proxies write
/// it and let a client's own <c>Forwarded</c> through. A <c>Forwarded</c> that says something else of nodes, scheme or host is dropped; one
/// that does not fills in what the other family leaves out.
/// </summary>
internal readonly ref struct ForwardedChain
{
    private ForwardedChain(ForwardedElements elements, ReadOnlySpan<byte> scheme, ForwardedHost host)
    {
        Elements = elements;
        Scheme = scheme;
        Host = host;
    }

    /// <summary>
    /// Those that name a node are the nodes of the chain, from the first client on; see <see cref="ForwardedElements.MoveToNode"/>.
    /// </summary>
    public ForwardedElements Elements { get; }

    /// <summary>That the first client used: <c>http</c>, <c>https</c>, or empty when nobody says.</summary>
    public ReadOnlySpan<byte> Scheme { get; }

    /// <summary>That the first client asked for; empty when nobody says.</summary>
    public ForwardedHost Host { get; }

    public static ForwardedChain Read(HeaderTable headers)
    {
        var addresses = new ForwardedElements(headers, KnownHeader.XForwardedFor);
        var scheme = FirstScheme(headers);
        var host = FirstHost(headers);
        var elements = new ForwardedElements(headers, KnownHeader.Forwarded);
        var first = elements;
        var counts = first.MoveNext() && IsSameOrUnsaid(scheme, host, first.Current) && HaveSameNodes(addresses, elements);
        if (!counts) return new ForwardedChain(addresses, scheme, host);
        return new ForwardedChain(elements, scheme.IsEmpty ? first.Current.Scheme : scheme, host.IsEmpty ? first.Current.Host : host);
    }

    /// <summary>
    /// Whom the proxy that we hear it from names as its client: the only one whose word counts. Nobody = without an address.
    /// </summary>
    public static ForwardedNode LastNode(HeaderTable headers)
    {
        var last = default(ForwardedNode);
        for (var chain = Read(headers).Elements; chain.MoveToNode();) last = chain.Current.Node;
        return last;
    }

    private static ReadOnlySpan<byte> FirstScheme(HeaderTable headers)
    {
        foreach (var element in new HeaderElements(headers, KnownHeader.XForwardedProto))
        {
            if (ForwardedScheme.Read(element) is { IsEmpty: false } scheme) return scheme;
        }

        return default;
    }

    private static ForwardedHost FirstHost(HeaderTable headers)
    {
        foreach (var element in new HeaderElements(headers, KnownHeader.XForwardedHost))
        {
            if (ForwardedHost.Read(element) is { IsEmpty: false } host) return host;
        }

        return default;
    }

    private static bool IsSameOrUnsaid(ReadOnlySpan<byte> scheme, ForwardedHost host, ForwardedElement first) =>
        (scheme.IsEmpty || first.Scheme.IsEmpty || scheme.SequenceEqual(first.Scheme))
            && (host.IsEmpty || first.Host.IsEmpty || host.IsSame(first.Host));

    /// <summary>Also when there are no addresses to compare.</summary>
    private static bool HaveSameNodes(ForwardedElements addresses, ForwardedElements elements)
    {
        if (!addresses.MoveToNode()) return true;
        do
        {
            if (!elements.MoveToNode() || !elements.Current.Node.IsSame(addresses.Current.Node)) return false;
        }
        while (addresses.MoveToNode());
        return !elements.MoveToNode();
    }
}
