using System.Text;

namespace ClusterLb.Core.Routing;

/// <summary>The routes of one host or suffix, with a link to the next less specific one that matches whenever this one does.</summary>
internal sealed class HostNode(PathRoutes paths, HostNode? next)
{
    public PathRoutes Paths { get; } = paths;

    public HostNode? Next { get; } = next;
}

/// <summary>
/// Hosts to their routes. A look-up hashes the host once from right to left, asks at every dot, and keeps the longest hit.
/// </summary>
internal sealed class HostRoutes
{
    /// <summary>A longer name cannot exist (RFC 1035, 2.3.4), nor be in the table.</summary>
    private const int LongestHost = 255;

    private readonly ByteTable<HostNode> _exact;
    private readonly ByteTable<HostNode> _suffixes;
    private readonly HostNode? _any;

    /// <param name="paths">By host as in the configuration: a name, <c>*.suffix</c>, or empty for all.</param>
    public HostRoutes(IReadOnlyDictionary<string, PathRoutes> paths)
    {
        if (paths.TryGetValue("", out var anyPaths)) _any = new HostNode(anyPaths, next: null);

        // Shorter suffixes first, so that the table so far gives each the one to fall back on.
        var suffixes = new Dictionary<string, HostNode>();
        foreach (var (host, routes) in paths.Where(pair => pair.Key.StartsWith('*')).OrderBy(pair => pair.Key.Length))
        {
            suffixes[host[1..]] = new HostNode(routes, LongestSuffixOf(host[1..], suffixes) ?? _any);
        }

        var exact = paths.Where(pair => pair.Key.Length > 0 && !pair.Key.StartsWith('*'))
            .ToDictionary(pair => pair.Key, pair => new HostNode(pair.Value, LongestSuffixOf(pair.Key, suffixes) ?? _any));
        _suffixes = TableOf(suffixes);
        _exact = TableOf(exact);
    }

    /// <summary>The most specific host that matches; follow <see cref="HostNode.Next"/> for the others.</summary>
    /// <param name="sent">As the client sent it.</param>
    public HostNode? Find(ReadOnlySpan<byte> sent)
    {
        if (_exact.LongestKey == 0 && _suffixes.LongestKey == 0) return _any;
        var name = NameOf(sent);
        if (name.Length is 0 or > LongestHost) return _any;
        Span<byte> host = stackalloc byte[LongestHost];
        host = host[..name.Length];
        // Bytes past ASCII stay as they are; no configured host holds one.
        for (var i = 0; i < name.Length; i++) host[i] = name[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(name[i] | 0x20) : name[i];
        return FindLowered(host) ?? _any;
    }

    private HostNode? FindLowered(ReadOnlySpan<byte> host)
    {
        HostNode? longest = null;
        var hash = ByteHash.Start;
        for (var i = host.Length - 1; i >= 0; i--)
        {
            hash = ByteHash.Add(hash, host[i]);
            // A suffix stands for at least one character before its dot.
            if (host[i] == '.' && i > 0 && _suffixes.TryFind(hash, host[i..], out var suffix)) longest = suffix;
        }

        return _exact.TryFind(hash, host, out var exact) ? exact : longest;
    }

    /// <summary>Without port and trailing dot; an IPv6 literal keeps its brackets.</summary>
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> sent)
    {
        if (sent.Length > 0 && sent[0] == '[') return sent[..(sent.IndexOf((byte)']') + 1)];
        var colon = sent.IndexOf((byte)':');
        var name = colon < 0 ? sent : sent[..colon];
        return name.Length > 0 && name[^1] == '.' ? name[..^1] : name;
    }

    private static HostNode? LongestSuffixOf(string host, Dictionary<string, HostNode> suffixes)
    {
        for (var dot = host.IndexOf('.', 1); dot > 0; dot = host.IndexOf('.', dot + 1))
        {
            if (suffixes.TryGetValue(host[dot..], out var node)) return node;
        }

        return null;
    }

    private static ByteTable<HostNode> TableOf(Dictionary<string, HostNode> nodes) =>
        new([.. nodes.Select(node => KeyValuePair.Create(Encoding.UTF8.GetBytes(node.Key), node.Value))], key => ByteHash.Backward(key));
}
