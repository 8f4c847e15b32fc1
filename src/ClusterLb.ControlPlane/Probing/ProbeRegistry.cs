namespace ClusterLb.ControlPlane.Probing;

/// <summary>The kinds of checks that <c>health.type</c> may name. Immutable; any thread.</summary>
public sealed class ProbeRegistry
{
    private readonly Dictionary<string, IProbe> _byType;

    private ProbeRegistry(IReadOnlyList<IProbe> all) =>
        (All, _byType) = (all, all.ToDictionary(probe => probe.Type, StringComparer.Ordinal));

    /// <summary>Every kind there is. A new one is a file, a line here, its keys in reference.conf, and its test.</summary>
    public static ProbeRegistry Default { get; } = new(
        [new HttpProbe(), new TcpProbe(), new GrpcProbe(), new PostgresqlProbe(), new MysqlProbe(), new RedisProbe()]);

    /// <summary>In the order in which people are told of them.</summary>
    public IReadOnlyList<IProbe> All { get; }

    /// <exception cref="KeyNotFoundException">Not a kind; the configuration reader lets no such type through.</exception>
    public IProbe Get(string type) => _byType[type];

    /// <summary>These and one more.</summary>
    /// <exception cref="ArgumentException">One of these has its type.</exception>
    public ProbeRegistry With(IProbe probe) => new([.. All, probe]);
}
