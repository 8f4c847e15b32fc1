using BenchmarkDotNet.Attributes;
using ClusterLb.Core.Sessions;
using ClusterLb.DataPlane.Sessions;

namespace ClusterLb.Benchmarks;

/// <summary>
/// What a sticky session costs a request: the client's cookie seen before or not, a binding looked up, a cookie made. Must allocate
/// nothing.
/// </summary>
[MemoryDiagnoser]
public class SessionBenchmark
{
    private const uint Now = 1_000;
    private const int Live = 1_000_000;

    private readonly CookieKey _key = CookieKey.Generate();
    private readonly CookieCache _cache = new();
    private readonly byte[] _cookie = new byte[SessionCookie.MaxLength];
    private readonly byte[] _made = new byte[SessionCookie.MaxLength];
    private readonly BindingTable _table = new(2 * Live);
    private readonly CookieClaims _claims = new(new SessionKey(7), 9, 5, 0, Now, Now);
    private CookieKeys _keys = CookieKeys.None;
    private int _length;
    private ulong _next;

    [GlobalSetup]
    public void Setup()
    {
        _keys = new CookieKeys([_key]);
        _length = SessionCookie.Write(_cookie, _claims, _key);
        for (ulong i = 0; i < Live; i++) _table.Put(new Binding(Session(i), i, 0, Now + 100), Now);
    }

    [Benchmark(Baseline = true)]
    public CookieStatus Cookie_seen_before() => _cache.Read(_cookie.AsSpan(0, _length), _keys, out _);

    [Benchmark]
    public CookieStatus Cookie_verified() => SessionCookie.Read(_cookie.AsSpan(0, _length), _keys, out _);

    [Benchmark]
    public int Cookie_made() => SessionCookie.Write(_made, _claims, _key);

    [Benchmark]
    public bool Binding_found_among_a_million() => _table.TryGet(Session(_next++ % Live), Now, out _);

    [Benchmark]
    public bool Binding_not_there() => _table.TryGet(Session(_next++ % Live + Live), Now, out _);

    private static SessionKey Session(ulong i) => new(unchecked((i + 1) * 0x9E3779B97F4A7C15));
}
